package io.handoff.netty.parking;

import static org.assertj.core.api.Assertions.assertThat;

import io.handoff.netty.parking.ParkedNames.Parsed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParkedNamesTest {

    @Test
    void shouldReadTheNamesThatItMakes() {
        ParkedNames names = new ParkedNames("a.b", List.of());

        assertThat(names.parse(names.ofBatch(40))).isEqualTo(new Parsed(40, -1));
        assertThat(names.parse(names.of(40, 127))).isEqualTo(new Parsed(40, 127));
        assertThat(names.parse(names.of(60_000_000, 0))).isEqualTo(new Parsed(60_000_000, 0));
    }

    @Test
    void shouldKnowNoOtherName() {
        ParkedNames names = new ParkedNames("a.b", List.of());

        assertThat(List.of("a.b", "aXb-1", "a.b-1-", "a.b-1-2-3", "a.b-A", "xa.b-1", "stored", "", names.ofNothing()))
                .noneMatch(names::isOurs);
    }

    @Test
    void shouldUseNoNumberOfABatchThatWasPassed() {
        ParkedNames names = new ParkedNames("a", List.of("a-3", "a-z-1", "b-zz", "a-2-zz"));

        assertThat(names.newBatch()).isEqualTo(36);
        assertThat(names.newBatch()).isEqualTo(37);
    }

    @Test
    void shouldFillTheEnvironmentNoFurtherThanItGoes() {
        ParkedNames names = new ParkedNames("a", List.of());
        List<String> eachOfTen = List.of("123456789");
        int taken = 0;
        while (taken < ParkedNames.MAX_BYTES && names.takeRoom(eachOfTen)) {
            taken++;
        }

        assertThat(taken).isEqualTo(ParkedNames.MAX_BYTES / 10);
        names.giveRoomBack(eachOfTen);
        assertThat(names.takeRoom(new ArrayList<>(List.of("1234", "1234")))).isTrue();
        assertThat(names.takeRoom(List.of(""))).isFalse();
    }
}
