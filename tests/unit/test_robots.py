"""Who is a robot by its own word, and who is a person that only looks like one."""

from __future__ import annotations

import pytest

from fragua import robots

ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "TelegramBot (like TwitterBot)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "WhatsApp/2.23.20.0 A",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft",
    "Synapse (bot; +https://github.com/matrix-org/synapse)",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)",
    "ELB-HealthChecker/2.0",
    "GoogleHC/1.0",
    "Consul Health Check",
    "check_http/v2.3.3 (nagios-plugins 2.3.3)",
    "kube-probe/1.29",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
    "W3C_Validator/1.3",
    "some-crawler/0.1",
]
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.43 Mobile Safari/537.36"
PEOPLE = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Edg/120.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
    # A make of telephones.
    f"Mozilla/5.0 (Linux; Android 9; CUBOT X19 Build/PPR1) {_CHROME}",
    f"Mozilla/5.0 (Linux; Android 10; CUBOT_NOTE_20_PRO) {_CHROME}",
    f"Mozilla/5.0 (Linux; Android 13; CUBOT) {_CHROME}",
    # The browsers inside of messengers.
    f"Mozilla/5.0 (Linux; Android 13; K) {_CHROME} Telegram-Android/10.9.1 (Google; HIGH)",
    f"Mozilla/5.0 (Linux; Android 13; SM-A1) {_CHROME} [FB_IAB/FB4A;FBAV/441.0.0.39.109;]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Mobile/15E148 Instagram 312.0.1",
    # Programs that somebody runs.
    "curl/8.9.1",
    "Wget/1.24.5",
    "python-requests/2.32.3",
    "fragua/1.0",
    "okhttp/4.12.0",
    "Both/1.0",
    "Robotics Lab Browser/1.0",
    "Abbott/3.1",
    "\xe9\xff\x00",
]


@pytest.mark.parametrize("user_agent", ROBOTS)
def test_what_says_that_it_is_a_robot_is_one(user_agent: str) -> None:
    assert robots.declared(user_agent)
    assert robots.declared(user_agent.upper())
    assert robots.declared(user_agent.lower())


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_what_does_not_say_so_is_a_person(user_agent: str) -> None:
    assert not robots.declared(user_agent)


@pytest.mark.parametrize("user_agent", [None, "", " "])
def test_who_says_nothing_is_a_person(user_agent: str | None) -> None:
    assert not robots.declared(user_agent)


def test_a_long_user_agent_costs_no_time() -> None:
    # As long as the gateway lets headers be; a pattern that backtracks would take for ever.
    assert not robots.declared("quora " * 1700)
    assert robots.declared("x" * 10_000 + "bot")
