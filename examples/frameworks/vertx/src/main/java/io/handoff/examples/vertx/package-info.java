/** A Vert.x server whose connections are handed off to it. */
@NullMarked
package io.handoff.examples.vertx;

import org.jspecify.annotations.NullMarked;
