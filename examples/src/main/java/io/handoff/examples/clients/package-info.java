/** Clients of the HTTP server, for the tests and the scripts. */
@NullMarked
package io.handoff.examples.clients;

import org.jspecify.annotations.NullMarked;
