package io.handoff.examples.chat;

import io.handoff.examples.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Releases of the chat server in processes of their own, and the broker before them. */
final class Releases {

    private final Path directory;
    private final Path rooms;

    Releases(Path directory) throws IOException {
        this.directory = directory;
        this.rooms = Files.createDirectory(directory.resolve("rooms"));
    }

    /** Starts one. From when it serves, new clients go to it, and so do those of the one before when that is told to stop. */
    JavaProcess start(String name) throws Exception {
        JavaProcess server = JavaProcess.start(
                directory,
                ChatServer.class.getName(),
                "--release",
                name,
                "--socket",
                directory.resolve(name).toString(),
                "--successor",
                current(),
                "--rooms",
                rooms.toString());
        Path link = Files.createSymbolicLink(directory.resolve("next"), Path.of(name));
        Files.move(link, directory.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        return server;
    }

    JavaProcess startBroker() throws Exception {
        return JavaProcess.start(
                directory,
                "io.handoff.cli.HandoffCommand",
                "broker",
                "--listen",
                "127.0.0.1:0",
                "--backend",
                current(),
                "--service",
                "chat");
    }

    private String current() {
        return directory.resolve("current").toString();
    }
}
