package io.longcat4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import io.longcat4j.Image;
import io.longcat4j.ToolCall;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service of langchain4j with a tool and a picture, as an application writes it. */
class AiServiceTest {
  /** Looks at fruit. */
  interface Greengrocer {
    String sell(@UserMessage String wish, @UserMessage ImageContent shelf);
  }

  /** Knows the prices. */
  static final class Prices {
    private final List<String> asked = new ArrayList<>();

    @Tool("Tells the price of a fruit in cents")
    int price(@P("the fruit") String fruit) {
      asked.add(fruit);
      return fruit.equals("pear") ? 40 : 30;
    }
  }

  @Test
  void aServiceLooksAtAPictureAndCallsATool() {
    ScriptedEngine engine =
        new ScriptedEngine(
            (prompt, generation) ->
                prompt.messages().size() == 1
                    ? ScriptedReply.calling(
                        new ToolCall("1", "price", "{\"fruit\":\"pear\"}"),
                        new ToolCall("2", "price", "{\"fruit\":\"apple\"}"))
                    : ScriptedReply.saying("A pear and an apple make 70 cents.", generation));
    Prices prices = new Prices();
    Greengrocer greengrocer =
        AiServices.builder(Greengrocer.class)
            .chatModel(LongCatChatModel.builder().longcat(engine.open()).build())
            .tools(prices)
            .build();
    Path shelf = Path.of("/tmp/shelf.png");
    assertThat(greengrocer.sell("What do these cost?", ImageContent.from(shelf.toUri())))
        .isEqualTo("A pear and an apple make 70 cents.");
    assertThat(prices.asked).containsExactly("pear", "apple");
    assertThat(engine.prompts().get(0).messages().get(0).parts()).contains(Image.of(shelf));
    assertThat(engine.lastPrompt().messages().subList(2, 4))
        .extracting(message -> message.parts().get(0).toString())
        .satisfiesExactly(
            first -> assertThat(first).contains("40"), second -> assertThat(second).contains("30"));
  }
}
