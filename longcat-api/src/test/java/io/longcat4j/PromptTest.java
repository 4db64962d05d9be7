package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptTest {
  @Test
  void aPromptEndsWithTheUser() {
    assertThatThrownBy(() -> Prompt.of(Message.user("a"), Message.assistant("b")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("last message is of role ASSISTANT")
        .hasMessageContaining("end the prompt with a USER message");
  }

  @Test
  void onlyTheFirstMessageGivesInstructions() {
    assertThatThrownBy(() -> Prompt.builder().user("a").system("b").user("c").build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Message 1 is of role SYSTEM");
  }

  @Test
  void emptyPromptsAndMessagesAreRefused() {
    assertThatThrownBy(() -> new Prompt(List.of())).hasMessageContaining("empty prompt");
    assertThatThrownBy(() -> new Message(Role.USER, List.of()))
        .hasMessageContaining("without parts");
  }

  @Test
  void instructionsAndHistoryHoldTextOnly() {
    assertThatThrownBy(
            () -> new Message(Role.SYSTEM, List.of(Audio.of(new Samples(new float[1], 16000)))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("text only");
  }

  @Test
  void aBuilderCanContinueAPrompt() {
    Prompt first = Prompt.user("a");
    Prompt second = first.toBuilder().assistant("b").user("c").build();
    assertThat(first.messages()).hasSize(1);
    assertThat(second.messages())
        .extracting(Message::role)
        .containsExactly(Role.USER, Role.ASSISTANT, Role.USER);
  }

  @Test
  void mediaInMemoryIsCopiedOnTheWayInAndOut() {
    byte[] bytes = {1, 2, 3};
    MediaSource.Bytes source = new MediaSource.Bytes(bytes);
    bytes[0] = 9;
    source.content()[1] = 9;
    assertThat(source.content()).containsExactly(1, 2, 3);
    assertThat(source).isEqualTo(MediaSource.of(new ByteArrayInputStream(new byte[] {1, 2, 3})));
    assertThat(source.describe()).isEqualTo("3 bytes in memory");
  }

  @Test
  void aFailingStreamIsAMediaError() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            throw new IOException("disk on fire");
          }
        };
    assertThatThrownBy(() -> Image.of(broken))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("disk on fire");
  }

  @Test
  void pixelsMustFillTheirSize() {
    assertThatThrownBy(() -> new Pixels(2, 2, new byte[11]))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("2 x 2")
        .hasMessageContaining("11 were given");
  }

  @Test
  void framesComeInPairsOfOneSizeWithTheirTimes() {
    Pixels small = new Pixels(1, 1, new byte[3]);
    Pixels large = new Pixels(2, 1, new byte[6]);
    assertThatThrownBy(() -> new VideoFrames(List.of(small), List.of()))
        .hasMessageContaining("video of 1 frames")
        .hasMessageContaining("even number");
    assertThatThrownBy(() -> new VideoFrames(List.of(small, small), List.of()))
        .hasMessageContaining("one time in seconds for each pair");
    assertThatThrownBy(() -> new VideoFrames(List.of(small, large), List.of(0.0)))
        .hasMessageContaining("one size");
  }

  @Test
  void resultsOfToolsFollowACall() {
    Message call = new Message(Role.ASSISTANT, List.of(new ToolCall("call_0", "time", "{}")));
    Prompt prompt = Prompt.builder().user("When?").add(call).tool("9:00").tool("10:00").build();
    assertThat(prompt.toBuilder().build()).isEqualTo(prompt);
    assertThatThrownBy(() -> Prompt.builder().user("When?").tool("9:00").build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Message 1 is of role TOOL");
    assertThatThrownBy(() -> Prompt.of(call)).hasMessageContaining("end the prompt with a USER");
    assertThatThrownBy(() -> new Message(Role.USER, call.parts()))
        .hasMessageContaining("into an ASSISTANT message");
    assertThatThrownBy(() -> new Tool(" ", "", "{}")).hasMessageContaining("name it");
  }
}
