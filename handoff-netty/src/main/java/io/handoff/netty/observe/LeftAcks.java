package io.handoff.netty.observe;

import io.handoff.netty.wire.HandoffAnswer;
import java.util.List;

/**
 * ACKs that have left together. Not API.
 *
 * @param answers what they say, oldest first
 * @param broughtDescriptor whether a descriptor came on their connection
 * @param answerNanos from when their offers were read until they had left
 * @param sinceAcceptNanos from when their connection was accepted until they had left
 */
public record LeftAcks(
        List<HandoffAnswer> answers, boolean broughtDescriptor, long answerNanos, long sinceAcceptNanos) {}
