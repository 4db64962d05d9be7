// Opens LongCat-Tiny and defines a few short words for trying things out.
import io.longcat4j.*;
import java.nio.file.Path;

Path home = Path.of(System.getProperty("longcat.home", "."));
LongCat longcat = LongCat.tiny();
Conversation conversation = longcat.conversation();

String ask(String question) {
  return longcat.generate(Prompt.user(question)).text();
}

String say(String words) {
  return conversation.send(Generation.text(), Text.of(words)).text();
}

String look(String picture, String question) {
  return longcat.generate(Prompt.user(Image.of(Path.of(picture)), Text.of(question))).text();
}

String listen(String sound) {
  return longcat.generate(Prompt.user(Audio.of(Path.of(sound)))).text();
}

Path speak(String question, String wav) {
  Reply reply = longcat.generate(Prompt.user(question), Generation.speech());
  reply.speech().orElseThrow().writeTo(Path.of(wav));
  return Path.of(wav).toAbsolutePath();
}

System.out.println("Try ask(\"What can you do?\"), say(\"My name is Anna.\"), look(home + \"/samples/media/tiny/shapes.png\", \"What do you see?\"),")
System.out.println("listen(home + \"/samples/media/tiny/hours-question.wav\"), speak(\"What can you do?\", \"answer.wav\"), or longcat.describe()")
