package io.longcat4j.schedule;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.StepInput;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.RowViews;
import io.longcat4j.model.SpeechHeads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the heads over the last rows of all requests that need them, one call for a head, and lets
 * each request choose; where a draft was fed, the logits after it are ready too. Audio heads go
 * head by head over all requests, since each sees what the one before it chose. Used by the
 * scheduler's thread; closed by its owner.
 */
final class HeadStep implements AutoCloseable {
  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private final RowViews hidden;
  private final RowViews logits;
  private final RowViews audioLogits;
  private final float[] textNumbers;
  private final float[] audioNumbers;
  private final int[][] ids;
  private final List<RunningRequest> asking = new ArrayList<>();
  private final BiConsumer<RunningRequest, Throwable> failed;

  HeadStep(
      LanguageModel model,
      @Nullable SpeechHeads heads,
      int most,
      BiConsumer<RunningRequest, Throwable> failed) {
    ComputeBackend backend = model.backend();
    ModelConfig config = model.config();
    int audioVocab = heads == null ? 1 : heads.vocabSize();
    this.model = model;
    this.heads = heads;
    this.failed = failed;
    int rows = model.drafts() ? 2 * most : most;
    this.hidden = new RowViews(backend, rows, config.hiddenSize());
    this.logits = new RowViews(backend, rows, config.vocabSize());
    this.audioLogits = new RowViews(backend, most, audioVocab);
    this.textNumbers = new float[config.vocabSize()];
    this.audioNumbers = new float[audioVocab];
    this.ids = new int[most + 1][];
    for (int i = 0; i <= most; i++) {
      ids[i] = new int[i];
    }
  }

  /** Lets requests choose after a pass; those whose choice fails are handed to the handler. */
  void choose(List<RunningRequest> requests, StepInput pass) {
    chooseText(requests, pass);
    chooseAudio(requests, pass);
  }

  private void chooseText(List<RunningRequest> requests, StepInput pass) {
    int rows = gather(requests, pass, /* text= */ true);
    if (rows == 0) {
      return;
    }
    model.head(hidden.first(rows), logits.first(rows));
    for (int i = 0; i < asking.size(); i++) {
      chooseText(asking.get(i), asking.get(i).logits);
    }
  }

  /** Lets a request choose once more, after the draft that proved right. */
  void chooseAfterDraft(RunningRequest request) {
    chooseText(request, request.logits + 1);
  }

  private void chooseText(RunningRequest request, int row) {
    model.stream().read(logits.row(row), textNumbers, 0);
    try {
      decoding(request).chooseText(textNumbers);
    } catch (RuntimeException | Error e) {
      failed.accept(request, e);
    }
  }

  /** Guesses what follows the choices of the requests, after {@link StepInput#draft}. */
  void draft(List<RunningRequest> requests, StepInput pass) {
    asking.clear();
    for (int i = 0; i < requests.size(); i++) {
      RunningRequest request = requests.get(i);
      if (request.canTakeDraft()) {
        int last = request.computed() - 1;
        model.stream().copy(pass.hidden(request.feed, last), hidden.row(asking.size()));
        asking.add(request);
      }
    }
    int rows = asking.size();
    if (rows == 0) {
      return;
    }
    model.head(hidden.first(rows), logits.first(rows));
    for (int i = 0; i < rows; i++) {
      model.stream().read(logits.row(i), textNumbers, 0);
      asking.get(i).draft = likeliest(textNumbers);
    }
  }

  /** Whatever the numbers are: a bad guess costs time and nothing else. */
  private static int likeliest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }

  private void chooseAudio(List<RunningRequest> requests, StepInput pass) {
    int rows = gather(requests, pass, /* text= */ false);
    if (heads == null || rows == 0) {
      return;
    }
    Stream stream = model.stream();
    for (int head = 0; head < heads.count(); head++) {
      if (head > 0) {
        heads.addChosen(head - 1, ids[rows], hidden.first(rows));
      }
      heads.logits(head, hidden.first(rows), audioLogits.first(rows));
      for (int i = 0; i < rows; i++) {
        stream.read(audioLogits.row(i), audioNumbers, 0);
        ids[rows][i] = chooseAudio(asking.get(i), head);
      }
    }
  }

  private int chooseAudio(RunningRequest request, int head) {
    if (!request.ended) {
      try {
        return decoding(request).chooseAudio(head, audioNumbers);
      } catch (RuntimeException | Error e) {
        failed.accept(request, e);
      }
    }
    return SpeechStep.NONE;
  }

  /** Copies the hidden states of the requests that ask a head, in order; tells how many rows. */
  private int gather(List<RunningRequest> requests, StepInput pass, boolean text) {
    asking.clear();
    int rows = 0;
    for (int i = 0; i < requests.size(); i++) {
      RunningRequest request = requests.get(i);
      Decoding decoding = decoding(request);
      boolean asks = text ? decoding.wantsText() : decoding.audioHeads() > 0;
      if (!request.ended && asks) {
        request.logits = rows;
        asking.add(request);
        for (int at = request.rows.size() - 1; at < request.computed(); at++) {
          model.stream().copy(pass.hidden(request.feed, at), hidden.row(rows++));
        }
      }
    }
    return rows;
  }

  private static Decoding decoding(RunningRequest request) {
    return Objects.requireNonNull(request.decoding());
  }

  @Override
  public void close() {
    hidden.close();
    logits.close();
    audioLogits.close();
  }
}
