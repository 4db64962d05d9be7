package io.longcat4j.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.ai.audio.tts.TextToSpeechOptions;
import org.springframework.ai.audio.tts.TextToSpeechPrompt;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.MimeTypeUtils;

/** The models on LongCat-Tiny. */
@Tag("once")
class LongCatTinyTest {
  private static final Path MEDIA =
      Path.of(System.getProperty("longcat.repository.root"), "samples", "media", "tiny");
  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.tiny();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  private static ChatClient.ChatClientRequestSpec pictureQuestion() {
    return ChatClient.create(LongCatChatModel.builder().longcat(longcat).build())
        .prompt()
        .options(LongCatChatOptions.builder().speech(true))
        .user(
            user ->
                user.text("What do you see?")
                    .media(
                        MimeTypeUtils.IMAGE_PNG,
                        new FileSystemResource(MEDIA.resolve("shapes.png"))));
  }

  @Test
  void aPictureIsAnsweredAloud() {
    AssistantMessage reply = pictureQuestion().call().chatResponse().getResult().getOutput();
    assertThat(reply.getText()).contains("green star", "purple triangle", "yellow circle");
    assertThat(reply.getMedia().get(0).getDataAsByteArray().length).isGreaterThan(24000);
  }

  @Test
  void theSameComesBitByBit() {
    List<AssistantMessage> pieces =
        pictureQuestion().stream()
            .chatResponse()
            .map(response -> response.getResult().getOutput())
            .collectList()
            .block();
    StringBuilder words = new StringBuilder();
    ByteArrayOutputStream sound = new ByteArrayOutputStream();
    for (AssistantMessage piece : pieces) {
      words.append(piece.getText());
      piece.getMedia().forEach(media -> sound.writeBytes(media.getDataAsByteArray()));
    }
    assertThat(words.toString()).contains("green star", "purple triangle", "yellow circle");
    assertThat(sound.size()).isGreaterThan(24000);
  }

  @Test
  void soundIsWrittenDown() {
    LongCatTranscriptionModel model = new LongCatTranscriptionModel(longcat, "What did I say?");
    FileSystemResource wav = new FileSystemResource(MEDIA.resolve("month-question.wav"));
    assertThat(model.transcribe(wav)).isEqualTo("Which month is before November?");
    assertThat(String.join("", model.streamTranscribe(wav).collectList().block()))
        .isEqualTo("Which month is before November?");
  }

  @Test
  void wordsAreSpoken() {
    LongCatTextToSpeechModel model = new LongCatTextToSpeechModel(longcat, "");
    String question = "How many hours has a day?";
    byte[] wav = model.call(question);
    ByteArrayOutputStream pcm = new ByteArrayOutputStream();
    model.stream(question).toStream().forEach(pcm::writeBytes);
    assertThat(wav.length).isGreaterThan(24000).isEqualTo(44 + pcm.size());
    assertThatThrownBy(
            () ->
                model.call(
                    new TextToSpeechPrompt(
                        question, TextToSpeechOptions.builder().voice("alto").build())))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(
            () ->
                model.stream(
                    new TextToSpeechPrompt(
                        question, TextToSpeechOptions.builder().format("wav").build())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pcm");
  }
}
