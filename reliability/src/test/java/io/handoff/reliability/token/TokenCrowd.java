package io.handoff.reliability.token;

import io.handoff.netty.token.HandoffToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many peers that present the same token at once, from several threads. */
final class TokenCrowd implements AutoCloseable {

    private static final int THREADS = 4;

    private final List<List<TokenPeer>> shares = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final CyclicBarrier together = new CyclicBarrier(THREADS);

    private TokenCrowd() {}

    static TokenCrowd connect(Path backend, int peersOfEachThread) throws IOException {
        TokenCrowd crowd = new TokenCrowd();
        try {
            for (int thread = 0; thread < THREADS; thread++) {
                List<TokenPeer> share = new ArrayList<>();
                crowd.shares.add(share);
                for (int peer = 0; peer < peersOfEachThread; peer++) {
                    share.add(TokenPeer.connect(backend));
                }
            }
            return crowd;
        } catch (IOException e) {
            crowd.close();
            throw e;
        }
    }

    int size() {
        return shares.stream().mapToInt(List::size).sum();
    }

    /** Has each peer present the token, and counts the verdicts. */
    Map<String, Integer> present(HandoffToken token) throws Exception {
        List<Callable<List<String>>> presentations = new ArrayList<>();
        for (List<TokenPeer> share : shares) {
            presentations.add(() -> present(token, share));
        }
        Map<String, Integer> verdicts = new TreeMap<>();
        for (Future<List<String>> presented : threads.invokeAll(presentations)) {
            presented.get().forEach(verdict -> verdicts.merge(verdict, 1, Integer::sum));
        }
        return verdicts;
    }

    private List<String> present(HandoffToken token, List<TokenPeer> peers) throws Exception {
        together.await();
        for (TokenPeer peer : peers) {
            peer.present(token);
        }
        List<String> verdicts = new ArrayList<>();
        for (TokenPeer peer : peers) {
            verdicts.add(peer.verdict());
        }
        return verdicts;
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        for (List<TokenPeer> share : shares) {
            for (TokenPeer peer : share) {
                peer.close();
            }
        }
    }
}
