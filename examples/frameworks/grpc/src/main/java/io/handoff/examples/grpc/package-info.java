/** A grpc-java server whose connections are handed off to it. */
@NullMarked
package io.handoff.examples.grpc;

import org.jspecify.annotations.NullMarked;
