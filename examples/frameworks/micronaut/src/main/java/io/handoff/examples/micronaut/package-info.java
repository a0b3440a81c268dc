/** A Micronaut server whose connections are handed off to it. */
@NullMarked
package io.handoff.examples.micronaut;

import org.jspecify.annotations.NullMarked;
