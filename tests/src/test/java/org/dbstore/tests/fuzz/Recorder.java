package org.dbstore.tests.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Stands between an initiator and a target, and keeps what the initiator sends. */
final class Recorder implements AutoCloseable {
    /** A session of an initiator that means well. */
    interface Script {
        void play(InetSocketAddress address) throws Exception;
    }

    private final InetSocketAddress target;
    private final ServerSocket door;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private Recorder(InetSocketAddress target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** Plays a session of one connection with a target and returns its PDUs. */
    static List<RecordedPdu> record(InetSocketAddress target, Script script) throws Exception {
        try (Recorder recorder = new Recorder(target)) {
            Thread between = Thread.ofPlatform().name("recorder").start(recorder::pass);
            script.play((InetSocketAddress) recorder.door.getLocalSocketAddress());
            between.join();
            return recorder.pdus();
        }
    }

    private void pass() {
        try (Socket initiator = door.accept();
                Socket server = new Socket(target.getAddress(), target.getPort())) {
            server.setTcpNoDelay(true);
            initiator.setTcpNoDelay(true);
            Thread back =
                    Thread.ofPlatform()
                            .name("recorder-back")
                            .start(() -> pump(server, initiator, said));
            pump(initiator, server, heard);
            back.join();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a recording has failed", e);
        }
    }

    private static void pump(Socket from, Socket to, ByteArrayOutputStream copy) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                copy.write(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone: so is the other's interest.
            copy.write(new byte[0], 0, 0);
        }
    }

    private List<RecordedPdu> pdus() {
        List<RecordedPdu> pdus = new ArrayList<>();
        ByteBuffer stream = ByteBuffer.wrap(heard.toByteArray());
        // What the target agreed to in the login holds behind it.
        String answers = said.toString(StandardCharsets.ISO_8859_1);
        boolean headerDigest = answers.contains("HeaderDigest=CRC32C");
        boolean dataDigest = answers.contains("DataDigest=CRC32C");
        boolean login = true;
        while (stream.hasRemaining()) {
            login &= (stream.get(stream.position()) & 0x3f) == RecordedPdu.LOGIN;
            pdus.add(RecordedPdu.read(stream, headerDigest && !login, dataDigest && !login));
        }
        return pdus;
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
