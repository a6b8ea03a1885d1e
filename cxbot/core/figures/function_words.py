"""Words that hold sentences together and say nothing about a customer's experience: articles, pronouns, prepositions,
conjunctions and auxiliary verbs. Only closed classes of words, and only such of three letters and more: a word such as
“long” or “help” tells something."""

from __future__ import annotations

from collections.abc import Mapping

WORDS = {
    "en": """
        the and but for nor yet because although though while whereas unless until since that which who whom
        whose what this these those there here where when how why all any both each either neither some such
        same other another you your yours yourself our ours ourselves she her hers herself him his himself its
        itself they them their theirs themselves one ones mine myself are was were been being have has had
        having does did doing will would shall should can could may might must ought about above across after
        against along among around before behind below beneath beside between beyond down during from inside
        into near off onto out outside over per than through throughout toward towards under upon with within
        without not also just only very too then thus i'm i've i'd i'll it's that's there's don't didn't doesn't
        isn't wasn't aren't weren't won't wouldn't couldn't can't haven't hasn't hadn't you're you've we're
        we've they're they've
    """,
    "fi": """
        että kun jos vaikka koska kunnes jotta sekä eli tai vaan mutta kuin niin myös sen sitä siinä siitä
        siihen sillä siltä sille siksi sinä minä minun minua minulle minulla minulta minut minuun hän hänen
        häntä hänelle hänellä häneltä hänet meidän meitä meille meillä meiltä meidät teidän teitä teille teillä
        teiltä teidät heidän heitä heille heillä heiltä heidät nämä näiden näitä näille näissä näistä nuo noiden
        noita niiden niitä niille niissä niistä niihin niillä niiltä tämä tämän tätä tässä tästä tähän tällä
        tältä tälle tuo tuon tuota tuossa tuosta joka jonka jota jossa josta johon jolla jolta jolle jotka
        joiden joita joissa joista joihin joilla joilta joille mikä minkä mitä missä mistä mihin millä miltä
        mille kuka kenen ketä kenelle kenellä keneltä olen olet olemme olette ovat olin olit oli olimme olitte
        olivat olla ollut olleet olisi olisin olisivat onko eikä enkä etkä emme ette eivät älä voi voin voit
        voimme voivat voisi joku jonkun jokin kaikki kaiken itse vain nyt sitten siis kuitenkin kanssa ilman
        ennen jälkeen kohti läpi yli alle ylös alas ohi päälle luona varten mukaan
    """,
    "sv": """
        och att som när men för med till den det dem denna detta dessa där här eller eftersom medan fast om både
        varken jag mig min mitt mina dig din ditt dina han honom hans hon henne hennes vår vårt våra oss ert era
        deras sin sitt sina man ens vilken vilket vilka vars vad vem vems hur varför någon något några ingen
        inget inga annan annat andra samma var vart varje alla allt hela själv själva är var varit vara bli blir
        blev blivit har hade haft ska skall skulle kan kunde kunnat vill ville måste får fick fått bör borde
        från före efter över under mellan genom mot utan inom utom hos vid upp ned ner inte icke också även bara
        endast mycket sedan alltså dock då nu än ännu
    """,
}

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {code: frozenset(words.split()) for code, words in WORDS.items()}
"""By the code of a language."""
