package io.longcat4j.remote;

import io.longcat4j.Audio;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.spi.Cancellation;
import java.util.Optional;

/** The ears of another rank. */
record RemoteHearing(SenseLine line, long mostBytes, String describe) implements Hearing {
  @Override
  public Heard encode(Audio audio, boolean strict, Cancellation wanted) {
    return line.ask(
        Ask.HEAR,
        question -> new PartWriter(question.flag(strict), mostBytes).audio(audio),
        wanted,
        Results::heard);
  }

  @Override
  public HearingSession open(int sampleRateHz) {
    long id =
        line.ask(
            Ask.EARS_OPEN,
            question -> question.number(sampleRateHz),
            SenseLine.ALWAYS,
            answer -> answer.large("session"));
    return new Session(line, id);
  }

  @Override
  public void close() {
    // Its rank owns it.
  }

  /** What a session of that rank is known by. */
  private record Session(SenseLine line, long id) implements HearingSession {
    @Override
    public Optional<Embeddings> push(float[] samples) {
      return line.ask(
          Ask.EARS_PUSH,
          question -> question.large(id).floats(samples),
          SenseLine.ALWAYS,
          Results::perhapsRows);
    }

    @Override
    public Optional<Embeddings> finish() {
      return line.ask(
          Ask.EARS_FINISH, question -> question.large(id), SenseLine.ALWAYS, Results::perhapsRows);
    }

    @Override
    public HearingSession fork() {
      long fork =
          line.ask(
              Ask.EARS_FORK,
              question -> question.large(id),
              SenseLine.ALWAYS,
              answer -> answer.large("session"));
      return new Session(line, fork);
    }

    @Override
    public void close() {
      line.close(Ask.EARS_CLOSE, id);
    }
  }
}
