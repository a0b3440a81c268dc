/**
 * What a command tells its user: one line for each thing that has happened, as text or as JSON.
 *
 * <p><b>Belongs here:</b> the form of a line, the printing of it, and what makes the text of a peer safe to print.
 * <b>Does not:</b> what there is to report: each command has that beside it.
 *
 * <p><b>Threading.</b> A {@link io.handoff.cli.report.ReportPrinter} may be used from any thread; nothing else here has a state.
 *
 * <p><b>Knows</b> no other room.
 */
@NullMarked
package io.handoff.cli.report;

import org.jspecify.annotations.NullMarked;
