// A broadcast node with threads: one sends all values to everyone now and then, others answer.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Node {
    static final TreeSet<Integer> values = new TreeSet<>();
    static final List<String> others = new ArrayList<>();
    static String node;

    static synchronized void send(String dest, String body) {
        System.out.println("{\"src\":\"" + node + "\",\"dest\":\"" + dest + "\",\"body\":{" + body + "}}");
        System.out.flush();
    }

    static String text(String line, String key) {
        Matcher found = Pattern.compile("\"" + key + "\":\"?([^\",}]*)").matcher(line);
        return found.find() ? found.group(1) : "";
    }

    static List<String> list(String line, String key) {
        Matcher found = Pattern.compile("\"" + key + "\":\\[([^\\]]*)\\]").matcher(line);
        List<String> items = new ArrayList<>();
        if (found.find()) {
            for (String item : found.group(1).split(",")) {
                if (!item.isBlank()) items.add(item.replace("\"", "").trim());
            }
        }
        return items;
    }

    static String known() {
        synchronized (values) {
            return values.toString();
        }
    }

    static void handle(String line) {
        String type = text(line.substring(line.indexOf("\"body\"")), "type");
        String reply = "\"type\":\"" + type + "_ok\",\"in_reply_to\":" + text(line, "msg_id");
        if (type.equals("gossip")) {
            synchronized (values) {
                for (String value : list(line, "values")) values.add(Integer.parseInt(value));
            }
            return;
        }
        if (type.equals("broadcast")) {
            synchronized (values) {
                values.add(Integer.parseInt(text(line, "message")));
            }
        }
        if (type.equals("read")) reply += ",\"messages\":" + known();
        send(text(line, "src"), reply);
    }

    public static void main(String[] args) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(3);
        Random random = new Random();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.contains("\"init\"")) {
                node = text(line, "node_id");
                for (String other : list(line, "node_ids")) if (!other.equals(node)) others.add(other);
                Executors.newScheduledThreadPool(1).scheduleWithFixedDelay(() -> {
                    for (String other : others) send(other, "\"type\":\"gossip\",\"values\":" + known());
                }, 200, 200 + random.nextInt(100), TimeUnit.MILLISECONDS);
                handle(line);
                continue;
            }
            String request = line;
            workers.submit(() -> handle(request));
        }
        System.exit(0);
    }
}
