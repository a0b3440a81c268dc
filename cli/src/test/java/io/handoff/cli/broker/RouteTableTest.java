package io.handoff.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.cli.config.RouteConfig;
import io.handoff.netty.preface.ClientPreface;
import io.handoff.netty.preface.ClientPreface.Http1;
import io.handoff.netty.preface.ClientPreface.Http2;
import io.handoff.netty.preface.ClientPreface.Other;
import io.handoff.netty.preface.ClientPreface.Silent;
import io.handoff.netty.preface.ClientPreface.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {

    @ParameterizedTest
    @CsvSource({
        "a.example, a.example, true",
        "a.example, b.example, false",
        "a.example, x.a.example, false",
        "a.example, , false",
        "*.a.example, x.a.example, true",
        "*.a.example, y.x.a.example, true",
        "*.a.example, a.example, false",
        "*.a.example, xa.example, false",
        "*.a.example, , false",
        "2001:db8::1, 2001:db8::1, true"
    })
    void shouldCompareNamesOfServersAndHosts(String pattern, @Nullable String name, boolean fits) {
        assertThat(fits(new RouteConfig(pattern, null, null, null, "s"), new Tls(name, List.of())))
                .isEqualTo(fits);
        assertThat(fits(new RouteConfig(null, null, pattern, null, "s"), new Http1("GET", "/", name)))
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "/api, /api, true",
        "/api, /api/x, true",
        "/api, /apiary, false",
        "/api, /, false",
        "/api/, /api/x, true",
        "/api/, /api, false",
        "/, /x, true",
        "/, *, false"
    })
    void shouldComparePathsByWholeSegments(String prefix, String path, boolean fits) {
        assertThat(fits(new RouteConfig(null, null, null, prefix, "s"), new Http1("GET", path, "h")))
                .isEqualTo(fits);
    }

    @Test
    void shouldAskForAProtocolAmongThoseThatAreOffered() {
        RouteConfig h2 = new RouteConfig(null, "h2", null, null, "s");
        RouteConfig h2c = new RouteConfig(null, "h2c", null, null, "s");

        assertThat(fits(h2, new Tls("a", List.of("http/1.1", "h2")))).isTrue();
        assertThat(fits(h2, new Tls("a", List.of("http/1.1")))).isFalse();
        assertThat(fits(h2, new Http2())).isFalse();
        assertThat(fits(h2c, new Http2())).isTrue();
        assertThat(fits(h2c, new Tls("a", List.of("h2")))).isFalse();
    }

    @Test
    void shouldAskForAllConditionsAndTakeTheFirstRouteThatFits() {
        RouteConfig both = new RouteConfig("a.example", "h2", null, null, "both");
        RouteConfig name = new RouteConfig("a.example", null, null, null, "name");
        RouteConfig any = new RouteConfig("*.example", null, null, null, "any");
        RouteTable routes = new RouteTable(List.of(both, name, any));

        assertThat(routes.find(new Tls("a.example", List.of("h2")))).isEqualTo(both);
        assertThat(routes.find(new Tls("a.example", List.of()))).isEqualTo(name);
        assertThat(routes.find(new Tls("b.example", List.of("h2")))).isEqualTo(any);
        assertThat(routes.find(new Tls("b.test", List.of("h2")))).isNull();
    }

    @Test
    void shouldFitNobodyWhoDoesNotSayWhatIsAskedFor() {
        RouteTable routes = new RouteTable(List.of(
                new RouteConfig("*.example", null, null, null, "tls"),
                new RouteConfig(null, "h2", null, null, "alpn"),
                new RouteConfig(null, null, "*.example", null, "host"),
                new RouteConfig(null, null, null, "/", "path")));

        assertThat(routes.find(new Other())).isNull();
        assertThat(routes.find(new Silent())).isNull();
        assertThat(routes.find(new Http2())).isNull();
        assertThat(routes.find(new Http1("CONNECT", "", "a.test"))).isNull();
    }

    private static boolean fits(RouteConfig route, ClientPreface preface) {
        return new RouteTable(List.of(route)).find(preface) != null;
    }
}
