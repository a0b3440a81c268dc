/** A WebFlux application whose connections are handed off to it. */
@NullMarked
package io.handoff.examples.springboot;

import org.jspecify.annotations.NullMarked;
