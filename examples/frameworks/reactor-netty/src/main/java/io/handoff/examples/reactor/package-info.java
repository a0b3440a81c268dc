/** A Reactor Netty server whose connections are handed off to it. */
@NullMarked
package io.handoff.examples.reactor;

import org.jspecify.annotations.NullMarked;
