/**
 * What is written about a comparison: the targets, and whether they are met, the tables and the plots.
 *
 * <p>Nothing is measured here.
 */
@NullMarked
package io.handoff.benchmarks.compare.page;

import org.jspecify.annotations.NullMarked;
