/**
 * An HTTP/1.1 server whose keep-alive connections move to another server process, also in the middle of a request: one at a time, or all of
 * them when a new release of the server takes over.
 */
@NullMarked
package io.handoff.examples.http;

import org.jspecify.annotations.NullMarked;
