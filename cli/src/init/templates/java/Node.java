import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A node for the challenges echo and broadcast-a.
 *
 * <p>It reads messages from stdin and writes messages to stdout, each a line of JSON. Print
 * everything else to stderr.
 */
public class Node {
    /** Our name. */
    private String id;
    /** The names of all nodes, with ours. */
    private List<?> ids;
    /** The values of broadcast that we know. */
    private final TreeSet<Long> values = new TreeSet<>();

    /** Sends a message to a client or to another node. */
    private void send(Object dest, Map<String, Object> body) {
        Map<String, Object> message = new HashMap<>();
        message.put("src", id);
        message.put("dest", dest);
        message.put("body", body);
        System.out.println(Json.print(message));
        System.out.flush();
    }

    /** Answers a request, which the answer names by its number. */
    private void reply(Map<?, ?> request, Map<String, Object> body) {
        Map<String, Object> answer = new HashMap<>(body);
        answer.put("in_reply_to", ((Map<?, ?>) request.get("body")).get("msg_id"));
        send(request.get("src"), answer);
    }

    private void handle(Map<?, ?> request) {
        Map<?, ?> body = (Map<?, ?>) request.get("body");
        String type = (String) body.get("type");
        switch (type) {
            case "init":
                id = (String) body.get("node_id");
                ids = (List<?>) body.get("node_ids");
                reply(request, Map.of("type", "init_ok"));
                break;
            case "echo":
                reply(request, Map.of("type", "echo_ok", "echo", body.get("echo")));
                break;
            case "topology":
                // body.get("topology") suggests neighbours for each node. You may use them, or not.
                reply(request, Map.of("type", "topology_ok"));
                break;
            case "broadcast":
                values.add((Long) body.get("message"));
                // Next: broadcast-b has five nodes, and each must learn every value. Send new
                // values on.
                reply(request, Map.of("type", "broadcast_ok"));
                break;
            case "read":
                reply(request, Map.of("type", "read_ok", "messages", values));
                break;
            default:
                throw new IllegalArgumentException("unknown message: " + Json.print(request));
        }
    }

    public static void main(String[] args) throws IOException {
        Node node = new Node();
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            // To do something later (broadcast-c sends values again): new java.util.Timer(true)
            // .schedule(task, 500). With synchronized methods, it and handle are kept apart.
            node.handle((Map<?, ?>) Json.parse(line));
        }
    }
}
