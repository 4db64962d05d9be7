package io.longcat4j.schedule;

import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.StepInput;
import io.longcat4j.model.AudioHead;
import io.longcat4j.model.ModelRunner;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Lets each request choose from the logits after its last rows; where a draft was fed, the logits
 * after it are ready too. Audio heads go head by head over all requests, since each sees what the
 * one before it chose. Used by the scheduler's thread.
 */
final class HeadStep {
  private static final int[] NO_CHOICES = {};

  private final ModelRunner runner;
  private final float[] textNumbers;
  private final float[] audioNumbers;
  private final BiConsumer<RunningRequest, Throwable> failed;

  HeadStep(ModelRunner runner, BiConsumer<RunningRequest, Throwable> failed) {
    this.runner = runner;
    this.failed = failed;
    this.textNumbers = new float[runner.limits().vocabulary()];
    this.audioNumbers = new float[runner.limits().audioVocabulary()];
  }

  /** Asks for what the request that was added last needs to choose, before the pass. */
  static void ask(RunningRequest request, StepInput pass) {
    request.textLogits = RunningRequest.NO_LOGITS;
    request.audioLogits = RunningRequest.NO_LOGITS;
    Decoding decoding = request.decoding();
    int last = request.rows.size() - 1;
    if (decoding == null || request.computed() <= last) {
      return;
    }
    if (decoding.wantsText()) {
      request.textLogits = pass.wantText(last);
      for (int at = last + 1; at < request.computed(); at++) {
        pass.wantText(at);
      }
    }
    if (decoding.audioHeads() > 0) {
      request.audioLogits = pass.wantAudio(last);
    }
  }

  /** Lets requests choose after a pass; those whose choice fails are handed to the handler. */
  void choose(List<RunningRequest> requests, StepInput pass) {
    for (int i = 0; i < requests.size(); i++) {
      if (requests.get(i).textLogits != RunningRequest.NO_LOGITS) {
        chooseText(requests.get(i), requests.get(i).textLogits);
      }
    }
    if (pass.audioRows() > 0) {
      chooseAudio(requests, pass.audioRows());
    }
  }

  /** Lets a request choose once more, after the draft that proved right. */
  void chooseAfterDraft(RunningRequest request) {
    chooseText(request, request.textLogits + 1);
  }

  private void chooseText(RunningRequest request, int index) {
    if (request.ended) {
      return;
    }
    Decoding decoding = decoding(request);
    boolean one = decoding.needsLargestAlone();
    int largest = one ? runner.largestText(index) : 0;
    if (!one) {
      runner.textLogits(index, textNumbers);
    }
    try {
      if (one) {
        decoding.chooseText(largest);
      } else {
        decoding.chooseText(textNumbers);
      }
    } catch (RuntimeException | Error e) {
      failed.accept(request, e);
    }
  }

  /** Guesses what follows the choices of the requests. */
  void draft(List<RunningRequest> requests, StepInput pass) {
    int[] rows = new int[requests.size()];
    int count = 0;
    for (int i = 0; i < requests.size(); i++) {
      RunningRequest request = requests.get(i);
      request.textLogits = RunningRequest.NO_LOGITS;
      if (request.canTakeDraft()) {
        request.textLogits = count;
        rows[count++] = pass.row(request.feed, request.computed() - 1);
      }
    }
    pass.draft(Arrays.copyOf(rows, count));
    for (int i = 0; i < requests.size(); i++) {
      RunningRequest request = requests.get(i);
      if (request.textLogits != RunningRequest.NO_LOGITS) {
        // Whatever the numbers are: a bad guess costs time and nothing else.
        request.draft = Math.max(0, runner.largestText(request.textLogits));
      }
    }
  }

  private void chooseAudio(List<RunningRequest> requests, int rows) {
    int[] chosen = NO_CHOICES;
    for (int head = 0; head < runner.limits().audioHeads(); head++) {
      runner.run(new AudioHead(head, chosen));
      chosen = new int[rows];
      Arrays.fill(chosen, SpeechStep.NONE);
      for (int i = 0; i < requests.size(); i++) {
        RunningRequest request = requests.get(i);
        if (request.audioLogits != RunningRequest.NO_LOGITS && !request.ended) {
          chosen[request.audioLogits] = chooseAudio(request, head);
        }
      }
    }
  }

  private int chooseAudio(RunningRequest request, int head) {
    runner.audioLogits(request.audioLogits, audioNumbers);
    try {
      return decoding(request).chooseAudio(head, audioNumbers);
    } catch (RuntimeException | Error e) {
      failed.accept(request, e);
      return SpeechStep.NONE;
    }
  }

  private static Decoding decoding(RunningRequest request) {
    return Objects.requireNonNull(request.decoding());
  }
}
