package io.handoff.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Tells the version that the build has put into the manifest of the jar. */
final class JarVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = JarVersion.class.getPackage().getImplementationVersion();
        return new String[] {"handoff " + Objects.requireNonNullElse(version, "(not run from its jar)")};
    }
}
