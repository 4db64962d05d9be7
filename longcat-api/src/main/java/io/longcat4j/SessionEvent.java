package io.longcat4j;

/**
 * What a {@link Session} tells, in the order in which it happened:
 *
 * <ul>
 *   <li>{@link SpeechStarted} and {@link SpeechStopped} in turns, whenever the person is heard;
 *   <li>for each reply {@link TurnStarted}, then any number of {@link TextDelta}, {@link
 *       AudioDelta}, {@link ToolCall} and {@link Warning}, then {@link TurnDone};
 *   <li>{@link SoundPaused} and {@link SoundResumed} around what may become an interruption, where
 *       {@link SessionOptions#resume()} is set;
 *   <li>{@link Interrupted} where a reply is cut off: before its {@link TurnDone}, or after it
 *       while its sound was still being played. No {@link AudioDelta} and no {@link TextDelta} of
 *       that reply follows;
 *   <li>{@link SessionClosed}, the last one.
 * </ul>
 *
 * Immutable.
 */
public sealed interface SessionEvent
    permits SpeechStarted,
        SpeechStopped,
        TurnStarted,
        TextDelta,
        AudioDelta,
        ToolCall,
        Warning,
        SoundPaused,
        SoundResumed,
        Interrupted,
        TurnDone,
        SessionClosed {}
