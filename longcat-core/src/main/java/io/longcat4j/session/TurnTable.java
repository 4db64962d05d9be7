package io.longcat4j.session;

import static io.longcat4j.session.Action.APPEND;
import static io.longcat4j.session.Action.ASK;
import static io.longcat4j.session.Action.COUNT;
import static io.longcat4j.session.Action.CUT;
import static io.longcat4j.session.Action.DEFER;
import static io.longcat4j.session.Action.DISCARD;
import static io.longcat4j.session.Action.FINISH;
import static io.longcat4j.session.Action.FORGET;
import static io.longcat4j.session.Action.HOLD;
import static io.longcat4j.session.Action.LISTEN;
import static io.longcat4j.session.Action.RELEASE;
import static io.longcat4j.session.Action.SPECULATE;
import static io.longcat4j.session.Action.START;
import static io.longcat4j.session.Action.STOP;

import java.util.List;

/**
 * What happens next, for every phase and signal. An empty cell changes nothing; where a cell names
 * no phase, it stays.
 *
 * <table>
 *   <caption>Phases of a session</caption>
 *   <tr><th></th><th>LISTENING</th><th>SPEAKING</th><th>PAUSING</th><th>REPLYING</th>
 *       <th>PLAYING</th></tr>
 *   <tr><th>CANDIDATE</th><td></td><td></td><td></td><td>hold</td><td>hold</td></tr>
 *   <tr><th>FALSE_START</th><td>count</td><td>count</td><td>count</td><td>count, release</td>
 *       <td>count, release</td></tr>
 *   <tr><th>BEGAN</th><td>start, listen: SPEAKING</td><td></td><td></td><td>start, cut, listen: SPEAKING</td>
 *       <td>start, cut, listen: SPEAKING</td></tr>
 *   <tr><th>PAUSED</th><td></td><td>PAUSING</td><td></td><td></td><td></td></tr>
 *   <tr><th>SILENT_A_WHILE</th><td></td><td></td><td>speculate</td><td></td><td></td></tr>
 *   <tr><th>WENT_ON</th><td></td><td></td><td>discard: SPEAKING</td><td></td><td></td></tr>
 *   <tr><th>ENDED</th><td></td><td>stop, ask: REPLYING</td><td>stop, ask: REPLYING</td><td></td>
 *       <td></td></tr>
 *   <tr><th>COMMIT</th><td></td><td>stop, ask: REPLYING</td><td>stop, ask: REPLYING</td><td></td>
 *       <td></td></tr>
 *   <tr><th>RESPOND</th><td>ask: REPLYING</td><td>stop, ask: REPLYING</td>
 *       <td>stop, ask: REPLYING</td><td></td><td>ask: REPLYING</td></tr>
 *   <tr><th>SAY</th><td>append, ask: REPLYING</td><td>discard, stop, append, ask: REPLYING</td>
 *       <td>discard, stop, append, ask: REPLYING</td><td>cut, append, ask: REPLYING</td>
 *       <td>cut, append, ask: REPLYING</td></tr>
 *   <tr><th>ADD</th><td>append</td><td>discard, append</td><td>discard, append</td><td>defer</td>
 *       <td>append: LISTENING</td></tr>
 *   <tr><th>RESULTS</th><td>append, ask: REPLYING</td><td></td><td></td><td></td>
 *       <td>append, ask: REPLYING</td></tr>
 *   <tr><th>CLEAR</th><td></td><td>discard, forget: LISTENING</td>
 *       <td>discard, forget: LISTENING</td><td></td><td></td></tr>
 *   <tr><th>INTERRUPT</th><td></td><td></td><td></td><td>cut: LISTENING</td>
 *       <td>cut: LISTENING</td></tr>
 *   <tr><th>DONE</th><td></td><td></td><td></td><td>finish: PLAYING</td><td></td></tr>
 *   <tr><th>HEARD</th><td></td><td></td><td></td><td></td><td>LISTENING</td></tr>
 * </table>
 *
 * <p>Where {@link Rules#respondsItself()} is not set, {@code ENDED} and {@code COMMIT} stop only
 * and lead to {@code LISTENING}, and nothing is speculated. {@code HOLD} and {@code RELEASE} are
 * done only with {@link Rules#resume()}. Where no reply is to be begun early, {@code SPECULATE} has
 * the question alone taken in, and {@code DISCARD} throws that away. Immutable.
 */
final class TurnTable {
  private TurnTable() {}

  /**
   * What the application chose.
   *
   * @param respondsItself whether a turn that is over is answered
   * @param resume whether sound is held at the first sign of speech
   */
  record Rules(boolean respondsItself, boolean resume) {}

  /**
   * What to do, and where it leads.
   *
   * @param actions in order
   * @param phase afterwards
   */
  record Step(List<Action> actions, Phase phase) {}

  /** The step from a phase at a signal. */
  static Step next(Phase phase, Signal signal, Rules rules) {
    return switch (phase) {
      case LISTENING -> listening(signal, rules);
      case SPEAKING -> speaking(signal, rules);
      case PAUSING -> pausing(signal, rules);
      case REPLYING -> replying(signal, rules);
      case PLAYING -> playing(signal, rules);
    };
  }

  private static Step listening(Signal signal, Rules rules) {
    return switch (signal) {
      case FALSE_START -> step(Phase.LISTENING, COUNT);
      case BEGAN -> step(Phase.SPEAKING, START, LISTEN);
      case RESPOND -> step(Phase.REPLYING, ASK);
      case SAY -> step(Phase.REPLYING, APPEND, ASK);
      case RESULTS -> results(Phase.LISTENING, rules);
      case ADD -> step(Phase.LISTENING, APPEND);
      default -> step(Phase.LISTENING);
    };
  }

  private static Step speaking(Signal signal, Rules rules) {
    return signal == Signal.PAUSED ? step(Phase.PAUSING) : ofPerson(Phase.SPEAKING, signal, rules);
  }

  private static Step pausing(Signal signal, Rules rules) {
    return switch (signal) {
      case SILENT_A_WHILE ->
          rules.respondsItself() ? step(Phase.PAUSING, SPECULATE) : step(Phase.PAUSING);
      case WENT_ON -> step(Phase.SPEAKING, DISCARD);
      default -> ofPerson(Phase.PAUSING, signal, rules);
    };
  }

  private static Step ofPerson(Phase phase, Signal signal, Rules rules) {
    return switch (signal) {
      case FALSE_START -> step(phase, COUNT);
      case ENDED, COMMIT ->
          rules.respondsItself() ? step(Phase.REPLYING, STOP, ASK) : step(Phase.LISTENING, STOP);
      case RESPOND -> step(Phase.REPLYING, STOP, ASK);
      case SAY -> step(Phase.REPLYING, DISCARD, STOP, APPEND, ASK);
      case ADD -> step(phase, DISCARD, APPEND);
      case CLEAR -> step(Phase.LISTENING, DISCARD, FORGET);
      default -> step(phase);
    };
  }

  private static Step replying(Signal signal, Rules rules) {
    return switch (signal) {
      case ADD -> step(Phase.REPLYING, DEFER);
      case DONE -> step(Phase.PLAYING, FINISH);
      case RESPOND, RESULTS, HEARD -> step(Phase.REPLYING);
      default -> sounding(Phase.REPLYING, signal, rules);
    };
  }

  private static Step playing(Signal signal, Rules rules) {
    return switch (signal) {
      case ADD -> step(Phase.LISTENING, APPEND);
      case RESPOND -> step(Phase.REPLYING, ASK);
      case RESULTS -> results(Phase.PLAYING, rules);
      case HEARD -> step(Phase.LISTENING);
      default -> sounding(Phase.PLAYING, signal, rules);
    };
  }

  private static Step results(Phase phase, Rules rules) {
    return rules.respondsItself() ? step(Phase.REPLYING, APPEND, ASK) : step(phase, APPEND);
  }

  private static Step sounding(Phase phase, Signal signal, Rules rules) {
    return switch (signal) {
      case CANDIDATE -> rules.resume() ? step(phase, HOLD) : step(phase);
      case FALSE_START -> rules.resume() ? step(phase, COUNT, RELEASE) : step(phase, COUNT);
      case BEGAN -> step(Phase.SPEAKING, START, CUT, LISTEN);
      case SAY -> step(Phase.REPLYING, CUT, APPEND, ASK);
      case INTERRUPT -> step(Phase.LISTENING, CUT);
      default -> step(phase);
    };
  }

  private static Step step(Phase phase, Action... actions) {
    return new Step(List.of(actions), phase);
  }
}
