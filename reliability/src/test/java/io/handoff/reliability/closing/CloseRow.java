package io.handoff.reliability.closing;

import java.util.Map;

/**
 * What came of the clients of so many brokers while backends were closed.
 *
 * @param close how they were closed
 * @param brokers how many handed off at once
 * @param served clients that the backends served
 * @param kept clients that the brokers kept
 * @param lost clients that nobody served
 * @param failures what the brokers were told of those, and how often
 * @param longestNanos the longest close
 */
record CloseRow(
        Close close, int brokers, int served, int kept, int lost, Map<String, Integer> failures, long longestNanos) {}
