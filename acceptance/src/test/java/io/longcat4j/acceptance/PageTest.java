package io.longcat4j.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longcat4j.Audio;
import io.longcat4j.LongCat;
import io.longcat4j.MediaSource;
import io.longcat4j.Prompt;
import io.longcat4j.Samples;
import io.longcat4j.Text;
import io.longcat4j.acceptance.Chromium.Frame;
import io.longcat4j.media.AudioFile;
import io.longcat4j.server.LongCatServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of the server in a browser, whose microphone and camera are files. The microphone's file
 * begins again whenever the page opens it.
 */
@Tag("clients")
@Timeout(180)
class PageTest {
  private static final int RATE = 24_000;
  private static final Path MEDIA = Path.of("..", "samples", "media", "tiny");
  private static final String STATE = "document.getElementById('who').dataset.state";
  private static final String REOPEN =
      "document.getElementById('microphones').dispatchEvent(new Event('change'))";

  @TempDir static Path folder;
  private static LongCat longcat;
  private static LongCatServer server;
  private static Path program;
  private Chromium browser;

  @BeforeAll
  static void serve() throws IOException {
    Optional<Path> found = Chromium.find();
    assumeTrue(found.isPresent(), "no Chromium on this machine: the page was not tried");
    program = found.orElseThrow();
    longcat = LongCat.builder().tiny().build();
    server = LongCatServer.builder(longcat).port(0).start();
    writeMicrophone();
    writeCamera();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
      longcat.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    browser =
        Chromium.start(
            program,
            Files.createTempDirectory(folder, "profile"),
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            "--use-file-for-fake-audio-capture=" + folder.resolve("microphone.wav") + "%noloop",
            "--use-file-for-fake-video-capture=" + folder.resolve("camera.mjpeg"));
    browser.open(server.uri());
  }

  @AfterEach
  void quit() {
    browser.close();
  }

  @Test
  void a_spoken_question_is_answered_aloud() throws Exception {
    String expected = "October comes before November.";
    String answer = spokenAnswer();
    // A browser on a busy machine loses pieces of the microphone's sound; then it is asked again.
    for (int again = 0; again < 3 && wordsWrong(answer, expected) > 1; again++) {
      quit();
      open();
      answer = spokenAnswer();
    }
    assertSaysNearly(answer, expected);
    browser.await("document.querySelector('#log li.you:not(.pending)') !== null");
    assertSaysNearly(text("#log li.you p"), "Which month is before November?");
    assertSaysNearly(heardBack(soundOf(0)), answer);
    assertThat(text("#latency-turn")).matches("\\d+ ms");
    assertThat(text("#latency-word")).matches("\\d+ ms");
    assertThat(sent("output_audio_buffer.played")).isNotEmpty();
    assertThat(text("#problem")).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  /**
   * But for one word: sound that comes through a browser in its own time is never the same twice,
   * and LongCat-Tiny mishears one word of thirty.
   */
  private static void assertSaysNearly(String said, String expected) {
    assertThat(wordsWrong(said, expected)).as(said + " / " + expected).isLessThanOrEqualTo(1);
  }

  private static long wordsWrong(String said, String expected) {
    List<String> words = List.of(said.toLowerCase(Locale.ROOT).split("\\W+", -1));
    List<String> wanted = List.of(expected.toLowerCase(Locale.ROOT).split("\\W+", -1));
    return words.size() != wanted.size()
        ? wanted.size()
        : IntStream.range(0, words.size()).filter(i -> !words.get(i).equals(wanted.get(i))).count();
  }

  private String spokenAnswer() {
    browser.click("start");
    awaitPlayed(1);
    return words(0);
  }

  @Test
  void speaking_over_a_reply_stops_its_sound_and_is_answered() {
    browser.click("mute");
    browser.click("start");
    browser.await("!document.getElementById('send').disabled");
    type("Count from one to nine.");
    browser.await(STATE + " === 'model'");
    browser.click("mute");
    browser.evaluate(REOPEN);
    browser.await("document.getElementById('latency-stop').textContent.endsWith(' ms')");
    browser.await("document.getElementById('level-out').value === 0", Duration.ofMillis(300));
    List<Frame> cuts = sent("conversation.item.truncate");
    assertThat(cuts).hasSize(1);
    Samples whole = soundOf(0);
    assertThat(cuts.get(0).json().path("audio_end_ms").asInt())
        .isBetween(1, 1000 * whole.count() / RATE - 100);
    assertThat(cuts.get(0).json().path("item_id").asText())
        .isEqualTo(browser.evaluate("document.querySelector('#log li.cut').dataset.item").asText());
    awaitMade(2);
    assertThat(words(1)).isNotBlank();
    assertThat(soundOf(1).count()).isGreaterThan(RATE / 4);
    assertThat(text("#problem")).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void what_is_typed_and_shown_is_remembered() {
    browser.click("camera");
    browser.await("document.getElementById('preview').videoWidth > 0");
    browser.click("mute");
    browser.click("start");
    browser.await(STATE + " === 'listening'");
    browser.await("document.getElementById('mute').getAttribute('aria-pressed') === 'true'");
    type("My name is Anna.");
    awaitPlayed(1);
    type("What is my name?");
    awaitMade(2);
    assertThat(words(1)).contains("Anna");
    assertThat(soundOf(1).count()).isGreaterThan(RATE / 4);
    assertThat(sent("input_video_buffer.append")).isNotEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_button_that_is_held_is_enough_to_talk() {
    browser.evaluate("document.getElementById('push').click()");
    browser.click("start");
    browser.await(STATE + " === 'listening'");
    browser.evaluate(REOPEN);
    browser.evaluate("document.getElementById('talk').focus()");
    browser.hold(" ", "Space", 32);
    browser.await(STATE + " === 'you'");
    browser.await("document.getElementById('level-in').value > 0.1");
    browser.await("document.getElementById('level-in').value < 0.03", Duration.ofMillis(300));
    browser.release(" ", "Space", 32);
    awaitMade(1);
    browser.await("document.querySelector('#log li.you:not(.pending)') !== null");
    assertThat(text("#log li.you p")).isNotBlank();
    assertThat(words(0)).isNotBlank();
    assertThat(sent("input_audio_buffer.commit")).hasSize(1);
    assertThat(sent("response.create")).hasSize(1);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void it_fits_a_phone_and_is_used_by_the_keyboard_alone() {
    browser.resize(360, 740);
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(360);
    assertThat(
            browser
                .evaluate(
                    "[...document.querySelectorAll('button,select,input')].filter(e =>"
                        + " e.offsetParent && !(e.textContent.trim() && e.tagName === 'BUTTON') &&"
                        + " !e.labels?.length && !e.ariaLabel).map(e => e.id).join()")
                .asText())
        .isEmpty();
    for (int tabs = 0; !focused().equals("start") && tabs < 20; tabs++) {
      browser.press("Tab", "Tab", 9);
    }
    assertThat(focused()).isEqualTo("start");
    browser.press(" ", "Space", 32);
    browser.await("document.getElementById('start').textContent === 'Stop'");
    browser.evaluate("document.getElementById('start').focus()");
    browser.press(" ", "Space", 32);
    browser.await(STATE + " === 'off'");
    assertThat(browser.evaluate("document.getElementById('send').disabled").asBoolean()).isTrue();
    assertThat(text("#problem")).isEmpty();
  }

  @Test
  void a_key_is_asked_for_where_the_server_wants_one() {
    LongCatServer.Builder guarded = LongCatServer.builder(longcat).port(0).apiKey("secret");
    try (LongCatServer other = guarded.start()) {
      browser.open(other.uri());
      browser.click("start");
      browser.await("document.activeElement.id === 'key'");
      assertThat(text("#problem")).contains("key");
      browser.evaluate(
          "document.getElementById('key').value = 'secret';"
              + " document.querySelector('#key-form button').click()");
      browser.await(STATE + " === 'listening'");
      assertThat(text("#problem")).isEmpty();
      browser.click("start");
      browser.await(STATE + " === 'off'");
    }
  }

  /** A tone stays itself however it is cut; what the other rate cannot hold is gone. */
  @Test
  void sound_is_brought_to_another_rate() {
    for (int[] rates : new int[][] {{48_000, 24_000}, {44_100, 24_000}, {24_000, 44_100}}) {
      for (int tone : new int[] {440, 3000, 7000}) {
        assertThat(resamplingError(rates[0], rates[1], tone, 1)).isLessThan(0.01);
      }
    }
    assertThat(resamplingError(24_000, 48_000, 7000, 1)).isLessThan(0.01);
    assertThat(resamplingError(48_000, 24_000, 15_000, 0)).isLessThan(0.01);
  }

  private double resamplingError(int from, int to, int tone, int expected) {
    String worst =
        """
        import('/resample.js').then(({ Resampler }) => {
          const resampler = new Resampler(%1$d, %2$d);
          const out = [];
          for (let at = 0, size = 1; at < %1$d; at += size, size = 1 + ((size * 7 + 3) %% 500)) {
            const piece = Float32Array.from({ length: size }, (_, i) =>
              Math.sin((2 * Math.PI * %3$d * (at + i)) / %1$d));
            out.push(...resampler.push(piece));
          }
          let worst = 0;
          for (let i = 2000; i < out.length - 2000; i++) {
            const ideal = %4$d * Math.sin((2 * Math.PI * %3$d * i) / %2$d);
            worst = Math.max(worst, Math.abs(out[i] - ideal));
          }
          return out.length < 0.95 * %2$d ? 100 : worst;
        })
        """
            .formatted(from, to, tone, expected);
    return browser.evaluate(worst).asDouble();
  }

  private String focused() {
    return browser.evaluate("document.activeElement.id").asText();
  }

  /** Waits until so many replies have been made. */
  private void awaitMade(int count) {
    while (browser.frames().stream().filter(PageTest::endsReply).count() < count) {
      browser.await("true", Duration.ofMillis(30));
    }
  }

  private static boolean endsReply(Frame frame) {
    return frame.type().equals("response.done");
  }

  /** Waits until so many replies have been made, and the last of them was played. */
  private void awaitPlayed(int count) {
    awaitMade(count);
    browser.await(STATE + " === 'listening'");
  }

  private String words(int reply) {
    return browser
        .evaluate("document.querySelectorAll('#log li.model p')[" + reply + "].textContent")
        .asText();
  }

  private String text(String selector) {
    return browser.evaluate("document.querySelector('" + selector + "').textContent").asText();
  }

  private void type(String words) {
    browser.evaluate(
        "document.getElementById('text').value = '%s'; document.getElementById('send').click()"
            .formatted(words));
  }

  private List<Frame> sent(String type) {
    return browser.frames().stream()
        .filter(frame -> frame.sent() && frame.type().equals(type))
        .toList();
  }

  /** All sound that the page received of one reply. */
  private Samples soundOf(int reply) {
    List<Frame> deltas =
        browser.frames().stream()
            .filter(frame -> frame.type().equals("response.output_audio.delta"))
            .toList();
    List<String> replies =
        browser.frames().stream()
            .filter(frame -> frame.type().equals("response.created"))
            .map(frame -> frame.json().path("response").path("id").asText())
            .toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Frame delta : deltas) {
      if (delta.json().path("response_id").asText().equals(replies.get(reply))) {
        bytes.writeBytes(Base64.getDecoder().decode(delta.json().path("delta").asText()));
      }
    }
    ByteBuffer samples = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[samples.remaining() / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = samples.getShort() / 32768f;
    }
    return new Samples(values, RATE);
  }

  private static String heardBack(Samples sound) {
    return longcat
        .generate(Prompt.user(Audio.of(sound), Text.of("Write down what you hear.")))
        .text();
  }

  /** A question, with silence around it. */
  private static void writeMicrophone() throws IOException {
    MediaSource question = MediaSource.of(MEDIA.resolve("month-question.wav"));
    float[] spoken = AudioFile.decode(question, 48_000, 60).samples().values();
    float[] all = new float[48_000 / 2 + spoken.length + 6 * 48_000];
    System.arraycopy(spoken, 0, all, 48_000 / 2, spoken.length);
    Files.write(folder.resolve("microphone.wav"), wav(all, 48_000));
  }

  private static byte[] wav(float[] samples, int rateHz) {
    ByteBuffer file = ByteBuffer.allocate(44 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(US_ASCII)).putInt(36 + 2 * samples.length);
    file.put("WAVEfmt ".getBytes(US_ASCII)).putInt(16).putShort((short) 1).putShort((short) 1);
    file.putInt(rateHz).putInt(2 * rateHz).putShort((short) 2).putShort((short) 16);
    file.put("data".getBytes(US_ASCII)).putInt(2 * samples.length);
    for (float sample : samples) {
      file.putShort((short) Math.round(32767 * sample));
    }
    return file.array();
  }

  private static void writeCamera() throws IOException {
    BufferedImage shapes = ImageIO.read(MEDIA.resolve("shapes.png").toFile());
    BufferedImage picture =
        new BufferedImage(shapes.getWidth(), shapes.getHeight(), BufferedImage.TYPE_INT_RGB);
    picture.getGraphics().drawImage(shapes, 0, 0, null);
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(picture, "jpeg", jpeg);
    byte[][] frames = new byte[10][];
    Arrays.fill(frames, jpeg.toByteArray());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.writeBytes(frame);
    }
    Files.write(folder.resolve("camera.mjpeg"), all.toByteArray());
  }
}
