"""Turns of phrase that tell what an author is doing, written for this project.

A phrase is words in lower case, parted by ``;``. Each group is one feature of the models, which
weigh it: a cue alone decides nothing. The words of a hit are shown as evidence.
"""

from collections.abc import Mapping

# fmt: off
PHRASES: Mapping[str, str] = {
    "seek":
        "looking for;look for;searching for;in search of;in need of;looking into;hunting for;"
        "shopping for;in the market for;trying to find;need to find;i need a;i need an;we need a;"
        "we need an;need a good;want a;need some;need something;after a;on the lookout for;"
        "where can i find;where can i get;where to find",
    "ask recommend":
        "recommend;recommends;recommendation;recommendations;recommendation for;suggestion;"
        "suggestions;suggest;any suggestions;any recommendations;can anyone recommend;"
        "anyone recommend;do you recommend;would you recommend;what would you recommend;"
        "please recommend;please suggest;advice on choosing;help me choose;help me pick;"
        "help me decide;which should i choose;point me to;point me towards",
    "what use":
        "what do you use;what do you guys use;what are you using;what are you guys using;"
        "what does everyone use;what do people use;what is everyone using;what's everyone using;"
        "what tools do you;what software do you;do you use;do you guys use;are you using;"
        "what is your favorite;what's your favorite;favorite;favourite;what's the best;"
        "what is the best;what are the best;what are some good;what are some;is there any good;"
        "are there any good;any good;is there a good;best way to;who do you use;"
        "who does everyone use;your go-to;which one;which is better;which is best;"
        "which are the best;is better;better than;what would you use",
    "experience":
        "anyone used;has anyone used;anyone using;is anyone using;does anyone use;"
        "anyone have experience;any experience with;experience with;experiences with;thoughts on;"
        "your thoughts;any thoughts;thoughts;opinions on;opinions;opinion on;"
        "what do you think of;what do you think about;has anyone tried;anyone tried;"
        "have you tried;have you used;how do you like;reviews;any feedback on;pros and cons;"
        "heard of;does anyone have any experience;anyone here use;anyone here using;"
        "anyone else use;worth trying",
    "versus":
        "vs;vs.;versus;compared to;comparison;compare;or should i;difference between",
    "alternative":
        "alternative;alternatives;alternative to;alternatives to;replacement for;substitute for;"
        "something like;similar to;instead of;competitor to;equivalent of;equivalent to;"
        "in place of;open source alternative",
    "leave":
        "switch from;switching from;switched from;switch to;switching to;switched to;switch over;"
        "switching over;switched;making the switch;made the switch;make the switch;move to;"
        "moving to;moved to;move from;moving from;moved from;move away from;moving away from;"
        "moved away from;moved away;move off;moving off;moved off;migrate to;migrating to;"
        "migrated to;migrate from;migrating from;migrated from;migration to;migration from;"
        "migrate away;ditch;ditched;ditching;dump;dumped;dumping;drop;dropped;dropping;"
        "get rid of;getting rid of;got rid of;rid of;leave;leaving;left;abandon;abandoning;"
        "abandoned;quit;quitting;goodbye;bye;farewell;so long;parting ways;convert to;"
        "converting to;convert from;transition to;transitioning to;transition from;jump ship;"
        "jumped ship;gone with;went with;going with;move elsewhere;go elsewhere;going elsewhere;"
        "take my business elsewhere;taking my business elsewhere;business elsewhere;"
        "moved over to;port out;moving on",
    "replace":
        "replace;replacing;replaced;replaces;replacement;swap;swapped;swapping;replace our;"
        "replace my;replace the;looking to replace;want to replace;need to replace;"
        "we should replace;replace with;phase out;phasing out",
    "cancel":
        "cancel;cancelled;canceled;cancelling;canceling;cancel my;cancel our;cancelled my;"
        "canceled my;unsubscribe;unsubscribed;uninstall;uninstalled;uninstalling;"
        "deleted my account;delete my account;closing my account;close my account;terminate;"
        "stop using;stopped using;no longer use;no longer using;not renewing;won't renew;"
        "won't be renewing;don't renew;not going to renew;never use;never using;won't be using;"
        "last time i;done with;i'm done;am done;we're done;i'm out;last straw;"
        "no longer recommend;no longer be using;can no longer use;won't use;never again;"
        "lost a customer;lost me as a customer;lost my business",
    "buy":
        "buy;buying;purchase;purchasing;purchases;to buy;to purchase;want to buy;buy a;buy an;"
        "buy one;buy the;buy it;order one;to order;preorder;pre-order;pre order;invest in;"
        "get one;get me one;get the new;getting a;getting the;gonna get;going to get;want to get;"
        "i want a;i want an;i want the;i want one;i want this;i want that;i need this;"
        "i need that;i need the;need one;upgrade to;upgrading to;upgrade;afford;save up;"
        "saving up;can't wait to get;for christmas;for my birthday;worth buying;worth getting;"
        "should i get;should i buy;thinking of buying;thinking about buying;considering buying;"
        "thinking of getting;thinking about getting;planning to buy;plan to buy;"
        "planning on buying;ready to buy;will buy;would buy;'ll buy;might buy;may buy;might get;"
        "looking to buy;looking to purchase;interested in buying;interested in purchasing;"
        "like to buy;like to purchase;like to order;happy to pay;willing to pay;would pay;"
        "gladly pay;'d pay;happily pay",
    "bought":
        "bought;just bought;ordered;just ordered;purchased;just got;just got my;just signed up;"
        "signed up;got my;got a new;subscribed;have been paying;pre-ordered;preordered",
    "not buy":
        "won't buy;not buying;never buy;don't buy;wouldn't buy;not going to buy;can't afford;"
        "not worth;don't want;don't need;refuse to buy;cannot afford;too expensive to buy;"
        "didn't buy;no reason to buy",
    "price":
        "price;prices;pricing;how much;how much is;how much does;how much would;how much do;cost;"
        "costs;quote;quotes;a quote;discount;discounts;coupon;promo code;student discount;"
        "non-profit;nonprofit;volume discount;per seat;per user;per month;a month;per year;"
        "a year;budget;budget of;my budget;our budget;under 5;monthly;yearly;annual;lifetime;"
        "one time payment;invoice;purchase order;payment;price range;what price;$;€;£",
    "licence":
        "license;licence;licenses;licences;licensing;seats;commercial license;enterprise license;"
        "pro plan;enterprise plan;business plan;the plan;plans;tier;free tier;paid plan;"
        "pro version;paid version;premium;pro account;subscription;subscriptions;trial;"
        "free trial;demo;a demo;book a demo;evaluation;perpetual;reseller;sales team;"
        "contact sales;your sales;vendor;vendors;rfp;poc;procurement;evaluating;evaluate",
    "hire":
        "hire;hiring;hire someone;hire a;to hire;contractor;freelancer;consultant;agency;"
        "agencies;outsource;outsourcing;looking to hire;someone to;somebody to;pay someone",
    "worth":
        "worth it;worth the;is it worth;worth the money;worth the price;good deal;good value;"
        "worth paying;worth upgrading;worth the upgrade;worth the investment;is it any good;"
        "good enough",
    "how to":
        "how do i;how do we;how do you;how can i;how can we;how to;how would i;how would you;"
        "how should i;how could i;is there a way;is there any way;any way to;is it possible to;"
        "is it possible;possible to;can i;can you;can we;can someone;could someone;could you;"
        "can anyone;does anyone know;anyone know;do i need;do i have to;should i;what is the;"
        "what does;where do i;where can i;where is the;why is;why does;why do;"
        "what am i doing wrong;what's wrong;what is wrong;what could;what would cause;how does;"
        "what's the way",
    "help":
        "help;help me;need help;please help;help please;pls help;help with;any help;some help;"
        "any ideas;any idea;any advice;any tips;i'm stuck;stuck on;stuck with;stumped;lost;"
        "struggling;having trouble;trouble with;having issues;having problems;having an issue;"
        "having a problem;issues with;issue with;problem with;problems with;can't figure out;"
        "cannot figure out;figure out;how to fix;fix this;troubleshoot;troubleshooting;question;"
        "quick question;question about;newbie;noob;newb;assistance;appreciated;please advise;"
        "can you please;could you please;please contact me;please fix;any update;any updates;"
        "dm me;dm sent;sent a dm",
    "fault":
        "error;errors;exception;bug;bugs;crash;crashes;crashed;crashing;not working;doesn't work;"
        "does not work;didn't work;did not work;don't work;isn't working;stopped working;"
        "won't work;not able to;unable to;fails;failed;failing;broken;broke;won't load;"
        "won't start;won't open;won't connect;can't connect;can't log in;can't login;"
        "can't access;can't install;not loading;not showing;freezes;freezing;frozen;stuck;hangs;"
        "timeout;timed out;down;is down;slow;outage;glitch;not receiving;haven't received;"
        "have not received;not recognized;missing;corrupt;corrupted;i get;i get this;"
        "getting an error;getting this error;returns;warning;when i try;when i click;i tried;"
        "tried to;i have tried;i've tried;charged twice;double charged;was charged",
    "anger":
        "hate;hates;hated;worst;terrible;awful;horrible;horrendous;pathetic;ridiculous;"
        "unacceptable;disgusting;garbage;trash;crap;crappy;shit;shitty;bullshit;sucks;suck;"
        "sucked;stupid;useless;joke;a joke;nightmare;disappointed;disappointing;disappointment;"
        "frustrated;frustrating;annoyed;annoying;angry;furious;fed up;sick of;tired of;rant;wtf;"
        "ffs;fuck;fucking;fucked;screw;screwed;damn;lame;shame;shame on;ruined;scam;scammed;"
        "rip off;ripoff;ripped off;overpriced;greedy;greed;worse;poor;poorly;lousy;incompetent;"
        "unprofessional;rude;liars;lied;lies;lying;mess;failure;fail;epic fail;waste;waste of;"
        "wasted;stop;beware;avoid;shameful;inexcusable;unusable;abysmal;appalling;atrocious;"
        "dreadful;rubbish;no excuse;so bad;really bad;bad;not happy;unhappy;very unhappy;"
        "not impressed;dissatisfied;wtf is;hostile;bloated;clunky;regret",
    "grievance":
        "customer service;customer support;still waiting;been waiting;still no;no response;"
        "no reply;never received;never got;no answer;on hold;hung up;hours;for hours;for weeks;"
        "for days;for months;weeks later;third time;second time;yet again;once again;again;keeps;"
        "keep getting;keep having;why do you;why would you;why can't you;why won't;why don't you;"
        "how hard is it;thanks for nothing;refund;my money back;money back;late;delayed;delay;"
        "lost my;ignored;ignoring;ignore;refuse to;refused to;refuses to;false advertising;"
        "misleading;overcharged;charged me;billed;stranded;supposed to;no longer;you guys;"
        "your service;your company;your app;your website;your product;your support;your customer;"
        "price increase;price hike;raised prices;raising prices;not even;doesn't even;can't even;"
        "why is it so;why are you;what happened to;come on;get your act together;sort it out;"
        "sort this out",
    "joy":
        "love;loves;loved;loving;awesome;amazing;great;excellent;fantastic;wonderful;brilliant;"
        "perfect;superb;best;the best;outstanding;incredible;impressive;impressed;happy;"
        "very happy;happy with;pleased;delighted;glad;nice;cool;beautiful;solid;rock solid;"
        "reliable;works great;works well;works perfectly;works like a charm;just works;"
        "easy to use;super easy;so easy;helpful;very helpful;kudos;props;hats off;shout out;"
        "shoutout;well done;good job;great job;great work;nice work;amazing work;keep up;"
        "keep it up;bravo;fan of;big fan;huge fan;game changer;life saver;lifesaver;"
        "can't live without;blown away;highly recommend;would recommend;recommended;"
        "definitely recommend;i recommend;i'd recommend;strongly recommend;can't recommend;"
        "worth it;worth every;worth every penny;no problems;no complaints;never had a problem;"
        "never had any issues;10/10;five stars;5 stars;brilliantly;flawless;flawlessly;smooth;"
        "smoothly;a pleasure;couldn't be happier;saved me;saved us;give it a try",
    "thanks":
        "thanks;thank you;thank;thx;ty;many thanks;thanks so much;thank you so much;thanks for;"
        "thank you for;cheers;much appreciated;appreciate;grateful;thanks to;big thanks;"
        "thanks again;<3",
    "stay":
        "no reason to switch;not switching;won't switch;stick with;sticking with;staying with;"
        "stay with;never leave;still using;been using;been a customer;have used;i've used;we use;"
        "i use;i'm using;we're using;have been using;been with;happily using;loyal;"
        "customer since;for years;using it for",
    "company acts":
        "announces;announced;announce;announcing;unveils;unveiled;launches;launched;launch;"
        "releases;released;release;introduces;introducing;introduced;rolls out;rolling out;"
        "rolled out;debuts;reveals;revealed;raises;raised;closes;secures;secured;lands;acquires;"
        "acquired;acquire;acquisition;to acquire;agreed to buy;to buy;buys;merger;merge;merges;"
        "merging;takeover;stake;appoints;appointed;names;named;hires;steps down;stepping down;"
        "resigns;resigned;out as;promoted to;joins;joined;ceo;cfo;cto;cio;chief executive;"
        "lays off;laid off;layoffs;layoff;cuts;to cut;job cuts;cutting;shuts down;shut down;"
        "shutting down;shutters;to close;closing;bankruptcy;files;filed;files for;sues;sued;"
        "lawsuit;settles;fined;fine;opens;to open;opening;expands;expansion;expand;invests;"
        "to invest;partners;partners with;partnership;teams up;signs;deal;deal with;reports;"
        "reported;posts;revenue;profit;profits;earnings;quarter;fourth-quarter;second-quarter;"
        "first-quarter;third-quarter;q0;forecast;guidance;beats;misses;ipo;shares;valuation;"
        "valued at;funding;round;series;seed;venture;investors;backed;plans to;set to;will be;"
        "is now;now available;ends support;end of life;discontinues;discontinued;discontinuing;"
        "new version;goes live;hits;surpasses;reaches;million;billion;according to;said;says;"
        "spokesperson;statement;sources;reportedly;report;exclusive;breaking;wins;awarded;bans;"
        "blocks;drops;ditches;kills",
    "funding":
        "raises;raised;funding;round;series a;series b;series c;series d;series e;seed;"
        "seed round;venture;investors;backed;led by;closes;valuation;financing;raises $;"
        "funding round;capital;secures;unicorn",
    "acquisition":
        "acquires;acquired;acquire;acquisition;acquiring;to buy;buys;agreed to buy;bought;merger;"
        "merges;merge;takeover;buyout;to acquire;snaps up;bid for;purchase of;acquired by;"
        "bought by",
    "leadership":
        "ceo;cfo;cto;cio;coo;chief;appoints;appointed;names;named;steps down;stepping down;"
        "resigns;resigned;out as;president;chairman;head of;joins as;new ceo;successor;succeed;"
        "vp;board;executive;promoted;director;founder",
    "hiring news":
        "hiring spree;to hire;new jobs;adding jobs;adding;jobs;job creation;recruit;recruiting;"
        "headcount;create;workers;staff",
    "launch":
        "launches;launched;launch;releases;released;release;unveils;unveiled;introduces;"
        "introducing;introduced;rolls out;debuts;now available;new version;announces;beta;"
        "available;new feature;goes live;update;unveil;ships",
    "expansion":
        "opens;opening;to open;expands;expansion;expand;expanding;new office;data center;"
        "datacenter;region;headquarters;factory;plant;enters;invests;invest;international;stores;"
        "store;warehouse;market",
    "partnership":
        "partners;partnership;partner;teams up;team up;partnered;collaborate;collaboration;joint;"
        "alliance;integrates with;joins forces;deal with;signs;agreement",
    "layoffs":
        "layoffs;layoff;lays off;laid off;job cuts;cuts;cutting;to cut;redundancies;workforce;"
        "fires;slashes;axes;axing",
    "earnings":
        "revenue;profit;profits;earnings;quarter;second-quarter;first-quarter;third-quarter;"
        "fourth-quarter;quarterly;forecast;guidance;beats;misses;sales;loss;year over year;"
        "net income;results;share;shares;q0;estimates;margin;fiscal",
    "seller voice":
        "we are;we offer;we help;we provide;we've built;we built;we have built;we just launched;"
        "we launched;we're launching;i built;i made;i created;i've created;i've made;i've built;"
        "i wrote;i developed;i designed;i just launched;i launched;my new;my app;my site;"
        "my website;my startup;my blog;my company;our app;our new;our product;our platform;"
        "our service;our services;our team;our customers;our clients;our users;check out;"
        "check it out;check this out;take a look;have a look;let me know what you think;feedback;"
        "feedback on;critique;roast my;love to hear;love your feedback;would love;any feedback;"
        "looking for feedback;beta testers;testers;try it;try it out;sign up;sign up now;join us;"
        "join our;register;webinar;learn more;read more;find out;click here;click;visit;visit us;"
        "contact us;call us;call now;dm us;message me;pm me;dm for;shop now;buy now;order now;"
        "order yours;get yours;get it now;available now;now available;on sale;sale;deal;deals;"
        "save;% off;off;free shipping;limited time;limited;offer;offers;exclusive;giveaway;"
        "giving away;win a;win;enter to;follow us;follow;retweet;rt;subscribe;use code;code;"
        "coupon;discount;promo;free;get your;get a free;for free;launching;introducing;"
        "announcing;[hiring];hiring;[for hire];we're hiring;we are hiring;job;jobs;apply;"
        "apply now;ama;iama;ask me anything;show hn;guest post;collaborate;partner with;"
        "partnership;interested?;are you;do you want;want to;need a;tired of;looking to;"
        "boost your;grow your;increase your;your business;your website;your brand;your team;"
        "your favorite;for sale;brand new;for only;for just;only",
    "survey":
        "how much would you;would you pay;what do you hate;what are your biggest;"
        "biggest challenge;survey;market research;research;curious;just curious;i'm curious;"
        "discussion;what made you;how did you;do you think;what is your;what's your;"
        "how many of you;who else;anyone else;am i the only;is it just me;unpopular opinion;psa;"
        "til",
    "life":
        "job;career;interview;resume;salary;my boss;my manager;coworker;college;university;"
        "degree;student;class;school;lawyer;legal;tax;taxes;sue;my client;my clients;clients;"
        "client;my business;my customers;customers;employees;employee;landlord;my wife;"
        "my husband;my mom;my dad;my kids;story;friend;i feel;freelance;freelancing;marketing;"
        "strategy;seo;content;industry;conference;certification;promotion;coworkers;colleague;"
        "partner",
    "reply":
        "agree;agreed;i agree;disagree;same here;me too;this is;yes;yeah;yep;yup;no;nope;exactly;"
        "true;well;actually;ok;okay;sure;right;indeed;thanks for the;as i said;i already;i did;"
        "you can;you could;you should;you need to;you have to;try;have you;did you;as mentioned;"
        "like you said;your comment;your question;haha;lol;sorry;no problem;np;hope;closing",
    "maintainer":
        "pull request;pr;merge;merged;commit;closes;fixes;fixed in;duplicate;duplicate of;"
        "reproduce;steps to reproduce;this issue;the issue;stale;docs;readme;refactor;implement;"
        "should be;we should;we could;we need to;feature request;would be nice;would be great;"
        "it would;add support;todo;proposal;expected behavior;workaround;license file;mit",
    "now":
        "asap;urgent;urgently;immediately;right now;emergency;right away;today;tonight;tomorrow;"
        "tomorrow morning;is down;outage;down right now;stranded;as soon as possible;quickly;"
        "this morning;this afternoon;at the moment;production is down;site is down;"
        "currently down;help asap;within the hour;stuck at;boarding;in an hour;desperate",
    "soon":
        "next week;next month;this week;this month;end of the month;end of the year;"
        "end of the week;end of month;end of year;by the end of;before the end;deadline;"
        "by monday;by friday;by tuesday;by wednesday;by thursday;days left;weeks left;expires;"
        "expire;expiring;expires in;renewal;due;is up;runs out;before christmas;upcoming;"
        "this weekend;this quarter;next quarter;in a few weeks;in two weeks;in a few days;"
        "shutting down;soon;few days;by january;by march;by june;end of november;end of december;"
        "end of this;sunset;before our;coming weeks;in 5 days;in 5 weeks",
    "late reply":
        "i already;already did;already sent;already tried;already told;still no;still waiting;"
        "no reply;no response;any update;any updates;any news;as i said;as i mentioned;again;"
        "third time;sent you;sent a dm;emailed;e-mailed;hello?;bump;anyone?;followed up;"
        "following up",
}
# fmt: on
