package io.handoff.cli.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** A file with the settings of a broker, in YAML. */
public final class ConfigFile {

    private static final String DEFAULTS = "broker.yaml";

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @throws ConfigException if it cannot be read, or no broker can run with it; with all that is wrong
     */
    public static BrokerConfig read(Path file) throws ConfigException {
        String name = file.toString();
        try {
            return parse(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                            .toString());
        } catch (NoSuchFileException e) {
            throw problem(name, "no such file");
        } catch (CharacterCodingException e) {
            throw problem(name, "it is not UTF-8");
        } catch (IOException e) {
            throw problem(name, "cannot be read: " + e.getMessage());
        }
    }

    private static ConfigException problem(String name, String text) {
        return new ConfigException(name, List.of(new ConfigProblem(0, 0, text)));
    }

    static BrokerConfig parse(String name, String yaml) throws ConfigException {
        Problems problems = new Problems();
        BrokerConfig config = new ConfigReader(problems).read(compose(name, yaml));
        if (!problems.found().isEmpty()) {
            throw new ConfigException(name, problems.found());
        }
        return config;
    }

    private static Node compose(String name, String yaml) throws ConfigException {
        try {
            return new Compose(LoadSettings.builder().setLabel(name).build())
                    .composeString(yaml)
                    .orElseThrow(() -> problem(name, "nothing is in it; expected listeners and services"));
        } catch (MarkedYamlEngineException e) {
            String text = e.getContext() == null ? e.getProblem() : e.getContext() + ": " + e.getProblem();
            ConfigProblem problem = e.getProblemMark()
                    .map(mark -> Problems.at(mark, "no YAML: " + text))
                    .orElseGet(() -> new ConfigProblem(0, 0, "no YAML: " + text));
            throw new ConfigException(name, List.of(problem));
        } catch (YamlEngineException e) {
            throw problem(name, "no YAML: " + e.getMessage());
        }
    }

    /** A file with every setting and its default, explained. It can be run with. */
    public static String defaults() {
        try (InputStream file = ConfigFile.class.getResourceAsStream(DEFAULTS)) {
            if (file == null) {
                throw new IllegalStateException(DEFAULTS + " is missing");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
