package io.handoff.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    @Test
    void shouldCompareTheOfferPipelineAloneWithTheFloor() throws Exception {
        String json = """
                [{"benchmark": "io.handoff.benchmarks.jmh.OfferPipeline.accepted",
                  "primaryMetric": {"score": 800.0, "scoreError": 24.0},
                  "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 1000.004}}},
                 {"benchmark": "io.handoff.benchmarks.jmh.RawEcho.echo",
                  "primaryMetric": {"score": 200.0, "scoreError": 8.0},
                  "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 100.0}}},
                 {"benchmark": "io.handoff.benchmarks.jmh.TokenStore.consumeAndIssue",
                  "params": {"pending": "1000"},
                  "primaryMetric": {"score": 300.0, "scoreError": 1.5},
                  "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 96.0}}}]
                """;
        // 3 % and 4 % make 5 %.
        assertThat(new ResultTable(new ObjectMapper().readTree(json)).toMarkdown())
                .isEqualTo("""
                        | benchmark | ns/op | ± (99.9 %) | B/op | time, times RawEcho | bytes, times RawEcho |
                        |---|--:|--:|--:|--:|--:|
                        | OfferPipeline.accepted | 800.0 | 24.0 | 1000 | 4.00 ± 0.20 | 10.00 |
                        | RawEcho.echo | 200.0 | 8.0 | 100 |  |  |
                        | TokenStore.consumeAndIssue, pending 1000 | 300.0 | 1.5 | 96 |  |  |
                        """);
    }
}
