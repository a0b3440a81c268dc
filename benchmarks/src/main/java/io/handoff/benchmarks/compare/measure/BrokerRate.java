package io.handoff.benchmarks.compare.measure;

import io.handoff.benchmarks.compare.contender.Contender;
import java.util.Map;

/**
 * What one broker has handed over, once.
 *
 * @param broker whose functions hand over
 * @param round counted from 1
 * @param perSecond handoffs, each with its client's echo
 * @param errors how often each error occurred
 */
public record BrokerRate(Contender broker, int round, double perSecond, Map<String, Long> errors) {}
