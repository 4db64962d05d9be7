package io.longcat4j.remote;

import io.longcat4j.CodecFrame;
import io.longcat4j.Samples;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.Voice;
import io.longcat4j.modality.VoiceSession;
import java.util.List;
import java.util.Optional;

/** The voice of another rank. */
record RemoteVoice(SenseLine line, String describe, int lookAheadFrames, int sampleRateHz)
    implements Voice {
  @Override
  public Samples speak(List<CodecFrame> frames) {
    return line.ask(
        Ask.SPEAK,
        question -> Results.writeFrames(question, frames),
        SenseLine.ALWAYS,
        Results::samples);
  }

  @Override
  public VoiceSession open() {
    long id =
        line.ask(
            Ask.VOICE_OPEN, question -> {}, SenseLine.ALWAYS, answer -> answer.large("session"));
    return new Session(line, id);
  }

  @Override
  public void close() {
    // Its rank owns it.
  }

  /** What a session of that rank is known by. */
  private record Session(SenseLine line, long id) implements VoiceSession {
    @Override
    public Optional<SpeechChunk> push(List<CodecFrame> frames) {
      return line.ask(
          Ask.VOICE_PUSH,
          question -> Results.writeFrames(question.large(id), frames),
          SenseLine.ALWAYS,
          Results::chunk);
    }

    @Override
    public Optional<SpeechChunk> finish() {
      return line.ask(
          Ask.VOICE_FINISH, question -> question.large(id), SenseLine.ALWAYS, Results::chunk);
    }

    @Override
    public void close() {
      line.close(Ask.VOICE_CLOSE, id);
    }
  }
}
