package io.longcat4j.acceptance;

import io.longcat4j.Audio;
import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.LiveAudio;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Pixels;
import io.longcat4j.Prompt;
import io.longcat4j.RankFailedException;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.TurnDone;
import io.longcat4j.Video;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * A program whose processes are the ranks of one model with its encoders on rank 1, {@code KIND
 * TASK MEDIA}: rank 0 answers about all that can be seen, heard and said, or looks at a picture for
 * ever.
 */
final class EncodersProgram {
  static final String ANSWER = "answer ";
  static final String LOOKING = "looking";
  private static final int RATE = 16_000;
  private static final Generation SHORT =
      Generation.builder().maxNewTokens(12).ignoreEos(true).topLogprobs(3).build();

  private EncodersProgram() {}

  public static void main(String[] args) {
    Parallel kind = args[0].equals("mpi") ? Parallel.mpi() : Parallel.processes();
    Path media = Path.of(args[2]);
    try (LongCat longcat =
        LongCat.builder().tiny().threads(1).parallel(kind.encodersOn(1)).build()) {
      if (longcat.isFollower()) {
        longcat.follow();
      } else if (args[1].equals("answer")) {
        answers(longcat, media).forEach(answer -> System.out.println(ANSWER + answer));
        System.out.println(longcat.describe());
      } else {
        look(longcat, media);
      }
    } catch (RankFailedException e) {
      System.out.println(RankProgram.FAILED + e.rank() + ": " + e.getMessage());
      System.exit(RankFailedException.EXIT_CODE);
    }
  }

  private static void look(LongCat longcat, Path media) {
    System.out.println(LOOKING);
    while (true) {
      Reply unused = ask(longcat, picture(media));
    }
  }

  private static Image picture(Path media) {
    return Image.of(media.resolve("shapes.png"));
  }

  private static Reply ask(LongCat longcat, io.longcat4j.Part part) {
    return longcat.generate(Prompt.user(part, Text.of("What is it?")), SHORT);
  }

  /** A line for each thing: ids with their probabilities, and the bits of the sound. */
  static List<String> answers(LongCat longcat, Path media) {
    List<String> answers = new ArrayList<>();
    Interleaved both =
        Interleaved.of(
            Video.of(media.resolve("moving.gif")), Audio.of(media.resolve("moving-question.wav")));
    answers.add(told(longcat.generate(Prompt.user("What can you do?"), SHORT)));
    answers.add(told(ask(longcat, picture(media))));
    answers.add(told(ask(longcat, Image.of(shot(3)))));
    answers.add(told(ask(longcat, Audio.of(media.resolve("hours-question.wav")))));
    answers.add(told(ask(longcat, Audio.of(new Samples(tone(RATE), RATE)))));
    answers.add(told(ask(longcat, Video.of(media.resolve("clip.gif")))));
    answers.add(told(ask(longcat, both)));
    answers.add(told(longcat.generate(Prompt.user("What can you do?"), Generation.speech())));
    answers.add(live(longcat));
    answers.add(liveWithPictures(longcat));
    answers.add(session(longcat));
    return answers;
  }

  private static String told(Reply reply) {
    int sound = reply.speech().map(speech -> Arrays.hashCode(speech.samples().values())).orElse(0);
    return "%s %s %08x %08x"
        .formatted(
            reply.text().replace('\n', ' '),
            reply.textIds(),
            reply.logprobs().toString().hashCode(),
            sound);
  }

  private static String live(LongCat longcat) {
    try (Conversation conversation = longcat.conversation()) {
      LiveAudio microphone = conversation.openAudio(44_100);
      microphone.write(tone(30_000));
      String early;
      try (Conversation fork = conversation.fork()) {
        early = told(fork.send(SHORT));
      }
      microphone.write(tone(20_000));
      return early + " | " + told(conversation.send(SHORT));
    }
  }

  private static String liveWithPictures(LongCat longcat) {
    try (Conversation conversation = longcat.conversation()) {
      try (LiveInterleaved camera = conversation.openInterleaved(RATE, Duration.ofSeconds(2))) {
        for (int i = 0; i < 4; i++) {
          camera.show(shot(i), Duration.ofMillis(500L * i));
          camera.write(tone(RATE / 2));
        }
      }
      return told(conversation.send(SHORT, Text.of("What is it?")));
    }
  }

  private static String session(LongCat longcat) {
    SessionOptions options =
        SessionOptions.builder().pushToTalk().generation(Generation.speech()).build();
    StringBuilder told = new StringBuilder();
    int sound = 0;
    try (Session session = longcat.session(options)) {
      for (int i = 0; i < 50; i++) {
        session.write(tone(RATE / 50));
      }
      session.commit();
      Iterator<SessionEvent> events = session.events().iterator();
      SessionEvent event = events.next();
      while (!(event instanceof TurnDone)) {
        told.append(event instanceof TextDelta words ? words.text() : "");
        if (event instanceof AudioDelta delta) {
          for (float value : delta.samples().values()) {
            sound = 31 * sound + Float.floatToRawIntBits(value);
          }
        }
        event = events.next();
      }
    }
    return told + " " + (sound != 0 ? Integer.toHexString(sound) : "silent");
  }

  private static float[] tone(int samples) {
    float[] tone = new float[samples];
    for (int i = 0; i < samples; i++) {
      tone[i] = (float) (0.3 * Math.sin(i * 0.05 + Math.sin(i * 0.0007)));
    }
    return tone;
  }

  private static Pixels shot(int number) {
    byte[] rgb = new byte[3 * 80 * 60];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * (number + 2) / 7);
    }
    return new Pixels(80, 60, rgb);
  }
}
