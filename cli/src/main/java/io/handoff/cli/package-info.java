/**
 * The {@code handoff} command: a backend, a single offer, and a demonstration of both. Its forms and exit codes are a
 * contract that scripts rely on.
 */
@NullMarked
package io.handoff.cli;

import org.jspecify.annotations.NullMarked;
