// A broadcast node with a thread that sends all values to everyone now and then, on a condition
// variable with a timeout.
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

std::mutex mutex;
std::condition_variable changed;
std::set<int> values;
std::vector<std::string> others;
std::string node;

std::string text(const std::string &line, const std::string &key) {
    std::smatch found;
    std::regex pattern("\"" + key + "\":\"?([^\",}]*)");
    return std::regex_search(line, found, pattern) ? found[1].str() : "";
}

std::vector<std::string> list(const std::string &line, const std::string &key) {
    std::vector<std::string> items;
    auto start = line.find("\"" + key + "\":[");
    if (start == std::string::npos) return items;
    start = line.find('[', start) + 1;
    std::string rest = line.substr(start, line.find(']', start) - start), item;
    for (char c : rest + ",") {
        if (c == ',') {
            if (!item.empty()) items.push_back(item);
            item.clear();
        } else if (c != '"' && c != ' ') {
            item += c;
        }
    }
    return items;
}

void send(const std::string &dest, const std::string &body) {
    std::cout << "{\"src\":\"" << node << "\",\"dest\":\"" << dest << "\",\"body\":{" << body << "}}"
              << std::endl;
}

std::string known() {
    std::string all;
    for (int value : values) all += (all.empty() ? "" : ",") + std::to_string(value);
    return "[" + all + "]";
}

void gossip() {
    std::mt19937 random{std::random_device{}()};
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
        changed.wait_for(lock, std::chrono::milliseconds(200 + random() % 100));
        for (auto &other : others) send(other, "\"type\":\"gossip\",\"values\":" + known());
    }
}

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::lock_guard<std::mutex> lock(mutex);
        std::string type = text(line.substr(line.find("\"body\"")), "type");
        std::string reply = "\"type\":\"" + type + "_ok\",\"in_reply_to\":" + text(line, "msg_id");
        if (type == "gossip") {
            for (auto &value : list(line, "values")) values.insert(std::stoi(value));
            continue;
        }
        if (type == "init") {
            node = text(line, "node_id");
            for (auto &other : list(line, "node_ids"))
                if (other != node) others.push_back(other);
            std::thread(gossip).detach();
        }
        if (type == "broadcast") values.insert(std::stoi(text(line, "message")));
        if (type == "read") reply += ",\"messages\":" + known();
        send(text(line, "src"), reply);
    }
    std::_Exit(0);
}
