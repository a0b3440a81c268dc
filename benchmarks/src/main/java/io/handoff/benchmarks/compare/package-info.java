/**
 * The command {@code benchmarks/compare}, which has everything measured of which there is a target, and the page written
 * about it. Nothing else belongs here: who is measured is in {@code contender}, how in {@code measure}, and what is
 * written in {@code page}, each of which knows those named before it.
 */
@NullMarked
package io.handoff.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
