package io.handoff.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.handoff.examples.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * Two pages in Chromium stay connected over a deployment. It needs Debian's packages chromium and chromium-driver, and so it is no part of an
 * ordinary build: {@code examples/chat-deploy} runs it.
 */
@Timeout(180)
@SuppressWarnings("try") // Processes that only have to run; clients that leave before their server.
class ChatInBrowser {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path PICTURE = Path.of("target", "chat.png");

    @TempDir
    Path directory;

    @Test
    void shouldShowTheNextReleaseOnTheSameConnection() throws Exception {
        Releases releases = new Releases(directory);
        ChromeDriver browser = startBrowser();
        try (JavaProcess first = releases.start("release-1");
                JavaProcess broker = releases.startBroker()) {
            String ada = open(browser, broker.port(), "Ada");
            String grace = open(browser, broker.port(), "Grace");
            say(browser, ada, "Is the new release out yet?");
            say(browser, grace, "It is coming. We need not leave for it.");

            try (JavaProcess second = releases.start("release-2")) {
                assertThat(first.stop())
                        .last()
                        .asString()
                        .startsWith("handed over ")
                        .endsWith(", left 0, lost 0");
                say(browser, ada, "There it is.");
                say(browser, grace, "And we are still connected.");

                for (String window : List.of(grace, ada)) {
                    browser.switchTo().window(window);
                    await().atMost(PATIENCE)
                            .until(() -> text(browser, "messages").contains("still connected"));
                    assertThat(text(browser, "messages").lines())
                            .containsSubsequence(
                                    "Ada, no. 1, by release-1",
                                    "Grace, no. 1, by release-1",
                                    "release-2 has taken over from release-1; you have said 1",
                                    "Ada, no. 2, by release-2",
                                    "Grace, no. 2, by release-2");
                    assertThat(text(browser, "release")).isEqualTo("release-2");
                    assertThat(browser.executeScript("return JSON.stringify(connections)"))
                            .isEqualTo("{\"opened\":1,\"closed\":0}");
                }
                Files.write(PICTURE, browser.getScreenshotAs(OutputType.BYTES));
                browser.quit();
            }
        } finally {
            browser.quit();
        }
    }

    private static String open(ChromeDriver browser, int port, String name) {
        String window = browser.switchTo().newWindow(WindowType.TAB).getWindowHandle();
        browser.get("http://127.0.0.1:" + port + "/?room=lobby&name=" + name);
        await().atMost(PATIENCE).until(() -> text(browser, "release").equals("release-1"));
        return window;
    }

    /** Waits until it has come back. */
    private static void say(ChromeDriver browser, String window, String text) {
        browser.switchTo().window(window);
        browser.findElement(By.name("text")).sendKeys(text + Keys.ENTER);
        await().atMost(PATIENCE).until(() -> text(browser, "messages").contains(text));
    }

    private static String text(ChromeDriver browser, String id) {
        return browser.findElement(By.id(id)).getText();
    }

    private ChromeDriver startBrowser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        // Its sandbox does not work for root. The page is our own.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
        options.addArguments("--user-data-dir=" + directory.resolve("browser"));
        ChromeDriverService driver = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                .build();
        ChromeDriver browser = new ChromeDriver(driver, options);
        browser.manage().window().setSize(new Dimension(720, 640));
        return browser;
    }
}
