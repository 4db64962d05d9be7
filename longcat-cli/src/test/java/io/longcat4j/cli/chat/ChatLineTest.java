package io.longcat4j.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.cli.chat.ChatLine.Attach;
import io.longcat4j.cli.chat.ChatLine.Kind;
import io.longcat4j.cli.chat.ChatLine.Say;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatLineTest {
  @Test
  void words_are_said_and_two_slashes_begin_a_question_with_one() {
    assertThat(ChatLine.parse(" What is this? ")).isEqualTo(new Say("What is this?"));
    assertThat(ChatLine.parse("//help is what?")).isEqualTo(new Say("/help is what?"));
    assertThat(ChatLine.parse("")).isEqualTo(new Say(""));
    assertThat(ChatLine.parse("a /quit b\r")).isEqualTo(new Say("a /quit b"));
  }

  @Test
  void files_may_have_blanks_and_quotation_marks_around_them() {
    assertThat(ChatLine.parse("/image my cat.png"))
        .isEqualTo(new Attach(Kind.IMAGE, Path.of("my cat.png")));
    assertThat(ChatLine.parse("/audio \"a b.wav\""))
        .isEqualTo(new Attach(Kind.AUDIO, Path.of("a b.wav")));
    assertThat(ChatLine.parse("/video 'c.mp4'"))
        .isEqualTo(new Attach(Kind.VIDEO, Path.of("c.mp4")));
    assertThat(ChatLine.parse("/interleaved c.mp4"))
        .isEqualTo(new Attach(Kind.INTERLEAVED, Path.of("c.mp4")));
    assertThat(ChatLine.parse("/save  out.json")).isEqualTo(new ChatLine.Save(Path.of("out.json")));
  }

  @Test
  void commands_without_files_are_understood() {
    assertThat(ChatLine.parse("/speak on")).isEqualTo(new ChatLine.Speak(true));
    assertThat(ChatLine.parse("/speak off")).isEqualTo(new ChatLine.Speak(false));
    assertThat(ChatLine.parse("/reset")).isEqualTo(new ChatLine.Reset());
    assertThat(ChatLine.parse("/help")).isEqualTo(new ChatLine.Help());
    assertThat(ChatLine.parse("/quit")).isEqualTo(new ChatLine.Quit());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/nothing",
        "/image",
        "/audio ",
        "/image \"\"",
        "/speak",
        "/speak loud",
        "/save",
        "/image a\0b"
      })
  void what_is_no_command_is_refused(String line) {
    assertThatThrownBy(() -> ChatLine.parse(line)).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void every_command_is_in_the_help() {
    for (Kind kind : Kind.values()) {
      assertThat(ChatLine.HELP).contains("/" + kind.word());
    }
    assertThat(ChatLine.HELP).contains("/speak", "/reset", "/save", "/help", "/quit");
  }
}
