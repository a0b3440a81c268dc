/**
 * The {@code handoff} command: a backend, a broker, a single offer, and a demonstration. Its forms and exit codes are a
 * contract that scripts rely on.
 */
@NullMarked
package io.handoff.cli;

import org.jspecify.annotations.NullMarked;
