package io.handoff.netty.descriptor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NettyVersionTest {

    @ParameterizedTest
    @CsvSource({
        "io.handoff.netty.backend.HandoffServer, a handoff server",
        "io.handoff.netty.broker.HandoffBroker, a handoff broker"
    })
    void shouldSayThatNettyIsTooOldWhenSomethingIsBuilt(String builtType, String user) throws Exception {
        try (URLClassLoader loader = new Netty41Loader(classPath())) {
            var builder = loader.loadClass(builtType).getMethod("builder", Path.class);

            assertThatThrownBy(() -> builder.invoke(null, Path.of("unused")))
                    .cause()
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageStartingWith(user + " needs Netty 4.2 (4.2.15.Final or newer), but the class path has ")
                    .hasMessageContaining("netty-bom");
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    /** Loads everything anew, but for the classes that Netty 4.1 has not. Checked with the jars of 4.1.118.Final besides. */
    private static final class Netty41Loader extends URLClassLoader {

        private static final Pattern SINCE_4_2 =
                Pattern.compile("io\\.netty\\.channel\\.(epoll\\.Epoll|\\w+Thread)?Io[A-Z].*");

        Netty41Loader(URL[] classPath) {
            super(classPath, ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SINCE_4_2.matcher(name).matches()) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }
    }
}
