// Opens the shipped checkpoint and defines two short words for trying things out.
// Its weights are random: what it says is noise.
import io.longcat4j.*;
import java.nio.file.Path;

Path home = Path.of(System.getProperty("longcat.home", "."));
LongCat longcat = LongCat.builder().model(home.resolve("samples/checkpoints/random-bf16")).build();
Generation brief = Generation.builder().maxNewTokens(64).build();

String ask(String question) {
  return longcat.generate(Prompt.user(question), brief).text();
}

String look(String picture, String question) {
  return longcat.generate(Prompt.user(Image.of(Path.of(picture)), Text.of(question)), brief).text();
}

System.out.println("Try ask(\"Hello\"), or look(home + \"/samples/media/image_case.png\", \"What is it?\"), or longcat.describe()")
