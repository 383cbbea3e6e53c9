package dev.rlhf.driver.experiment;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** A worker whose process is killed when it gets an order that names a word, so many times; a file witnesses each order. */
final class KilledWorker {
    private KilledWorker() {}

    /** The witness, the word, how often it is killed, by which signal, and the lock that every worker is given. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path witness = Path.of(arguments[0]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String order = orders.readLine();
        if (order == null) {
            return;
        }
        if (order.contains(arguments[1])) {
            long before = Files.exists(witness) ? Files.readAllLines(witness).size() : 0;
            boolean killed = before < Integer.parseInt(arguments[2]);
            long process = ProcessHandle.current().pid();
            Files.writeString(
                    witness,
                    process + (killed ? " killed\n" : " went on\n"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            if (killed) {
                new ProcessBuilder("kill", "-" + arguments[3], String.valueOf(process)).start();
                TimeUnit.DAYS.sleep(1);
            }
        }
        CellWorker.work(
                new SequenceInputStream(
                        new ByteArrayInputStream((order + "\n").getBytes(StandardCharsets.UTF_8)), System.in),
                System.out,
                System.err,
                Path.of(arguments[4]));
    }
}
