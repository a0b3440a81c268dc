package io.handoff.examples.grpc;

import com.google.protobuf.BytesValue;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/** Sends back what it is sent: once, or message by message for as long as the client likes. */
final class EchoService {

    private static final String NAME = "examples.Echo";

    static final MethodDescriptor<BytesValue, BytesValue> ONCE = method(MethodType.UNARY, "Once");
    static final MethodDescriptor<BytesValue, BytesValue> STREAM = method(MethodType.BIDI_STREAMING, "Stream");

    private EchoService() {}

    /** As a generated class would define it. */
    static ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(NAME)
                .addMethod(ONCE, ServerCalls.asyncUnaryCall((request, answers) -> {
                    answers.onNext(request);
                    answers.onCompleted();
                }))
                .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(Echo::new))
                .build();
    }

    private static MethodDescriptor<BytesValue, BytesValue> method(MethodType type, String name) {
        return MethodDescriptor.<BytesValue, BytesValue>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
                .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .build();
    }

    private record Echo(StreamObserver<BytesValue> answers) implements StreamObserver<BytesValue> {
        @Override
        public void onNext(BytesValue request) {
            answers.onNext(request);
        }

        @Override
        public void onError(Throwable cause) {
            answers.onError(cause);
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }
}
