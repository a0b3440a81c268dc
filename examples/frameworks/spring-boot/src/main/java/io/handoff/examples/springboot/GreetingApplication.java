package io.handoff.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application as any other: the starter is on its class path, and {@code application.properties} names a socket. */
@SpringBootApplication
public class GreetingApplication {

    /** Serves until it is told to end. */
    public static void main(String[] arguments) {
        SpringApplication.run(GreetingApplication.class, arguments);
    }
}
