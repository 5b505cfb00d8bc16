"""Text in the encodings that brokers of Europe and East Asia export."""

import pytest

from impact.intake import decode, read_tables

BOOKS = {
    "cp1252": "Name;Stück;Währung\nSociété Générale;10;EUR\nNestlé;5;CHF\n",
    "cp932": "コード,銘柄名,数量\n1810,小米集団,100\n9984,ソフトバンクグループ,200\n",
    "gb18030": "证券代码,证券名称,持仓数量,市值\n01810,小米集团-W,1000,4200\n600941,中国移动,10,5\n",
    "cp949": "종목코드,종목명,수량,평가금액\n005930,삼성전자,10,1000\n000660,SK하이닉스,5,7\n",
    "cp950": "代號,名稱,股數,市值\n2330,台灣積體電路製造,100,5\n1810,小米集團,10,7\n3008,大立光電,5,9\n",
    "cp1250": "Nazwa;Ilość;Wartość\nPowszechna Kasa Oszczędności Bank Polski;10;5\nGrupa Żywiec;3;4\n",
    "euc_jp": "コード,銘柄名,数量\n7203,トヨタ自動車,100\n9984,ソフトバンクグループ,200\n",
}


@pytest.mark.parametrize("encoding", BOOKS)
def test_a_legacy_encoding_is_told_from_its_bytes(encoding):
    text, named = decode(BOOKS[encoding].encode(encoding))
    assert text == BOOKS[encoding], named


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_unicode_is_read_with_and_without_a_byte_order_mark(book, encoding):
    file = read_tables(book.encode(encoding))
    assert file.kind == "text" and file.sheets[0].head(1)[0] == book.split("\n")[0].split(file.sheets[0].separator)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Ticker,Name,Shares\n" + "AAPL,Apple Inc,10\n" * 300 + "RMS,Hermès,5\n", "cp1252"),
        ("Ticker,Name,Shares\n" + "AAPL,Apple Inc,10\n" * 300 + "1810,小米集团,5\n", "gb18030"),
        ("Symbol,Betrag\nA,5 €\nB,£7\n", "cp1252"),
        ("Fund ’s holdings – January\nName,Shares\nApple,5\n", "cp1252"),
        ("Nom,Quantité\nL'Oréal,5\nSaint-Gobain,7\n", "cp1252"),
        ("Nombre,Títulos,Participación\nIberdrola,5,1\nTelefónica,7,1\n", "cp1252"),
    ],
)
def test_a_few_bytes_beyond_ascii_are_enough(text, encoding):
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Tarih;Kapanış;Hacim\n02.06.2025;213,18;1\n", "cp1254"),
        ("Hesap;Sembol;Menkul Kıymet;Adet;Piyasa Değeri;Döviz\nA1;ASELS;ASELSAN ELEKTRONİK;1;2;TRY\n", "cp1254"),
        ("Hisse;Adet\nTürkiye İş Bankası;10\nŞişe Cam;5\nEreğli Demir Çelik;3\n", "cp1254"),
        ("Nafn;Fjöldi;Verð;Markaðsvirði\nSíminn;10;5;6\nÍslandsbanki;1;2;3\n", "cp1252"),
        ("Navn;Beløb;Værdi\nØrsted;5;6\n", "cp1252"),
        ("Ticker;Имя\nSBER;Сбербанк-п\nGAZP;ПАО Газпром\n", "cp1251"),
        ("Denumire;Cantitate;Preţ\nSocietatea Naţională de Gaze;4;3\n", "cp1250"),
        ("Cenný papír;Kusů\nČEZ;1\n", "cp1250"),
        ("Denumire;ISIN;Preţ;Acţiuni\n", "cp1250"),
        ("Název;Počet\nKomerční banka;1\n", "cp1250"),
        ("Verðbréf;Staða\nSýn hf.;1\n", "cp1252"),
        ("Nafn;ISIN\nSýn hf.;IS0000000000\n", "cp1252"),
        ("Hisse;Adet\nVakıfbank;1\n", "cp1254"),
        ("Sembol;Piyasa Değeri\nASELS;1\n", "cp1254"),
        ("Name;ISIN\nTüpraş;TRATUPRS91E8\n", "cp1254"),  # no language of the other tables has both letters
        ("Name;ISIN\nYapı Kredi;TRAYKBNK91N6\n", "cp1254"),
        ("Name;ISIN\nDoğan Holding;TRADOHOL91Q8\n", "cp1254"),
        ("Név;Darab\nGyőr Részvény;1\n", "cp1250"),
    ],
)
def test_accents_of_other_tables_are_told_apart(text, encoding):
    """Turkish was read as Polish or with Cyrillic letters within Latin words (Dцviz), Danish and Icelandic too."""
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize(
    "text",
    [
        "Nome;ISIN\nAção;KYG9830T1067\n",
        "Nome;ISIN\nAções SA;KYG9830T1067\n",
        "Name;ISIN\nÞór hf;IS0000000388\n",
        "Posição;Qtd\nPETR4;5\n",
        "Name;ISIN\nÅÄÖ Ab;FI0009000681\n",
        "Nº;Títulos\n1;3\n",
        "N.º;Qtd\n1ª;3\n",
        "Name;ISIN\nAÉO SA;FR0000120271\n",
        "Naïve;ISIN\nCrèe;FR0000120271\n",
        "Nom;ISIN\nCréée;FR0000120271\n",
    ],
)
def test_two_accents_are_no_character_of_east_asia(text):
    """A character alone within a Latin word was read from two accents, or from one and the letter behind it."""
    assert decode(text.encode("cp1252")) == (text, "cp1252")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("证券,名称,数量\niShares安硕A50,3,5\n中国移动,1,2\n", "gb18030"),
        ("Code,Name\n600941,中国移动A\n", "gb18030"),
        ("代码,A股名称\n601318,中国平安\n600519,贵州茅台\n", "gb18030"),
        ("Name;Shares\nXiaomi 小米集團;5\nTencent 騰訊控股;7\n", "cp950"),
        ("コード,銘柄名\n1306,NEXT FUNDS TOPIX連動型上場投信\n", "cp932"),
        ("Code,Name\n005930,삼성전자\n", "cp949"),
        ("Code,Name\n9984,ｿﾌﾄﾊﾞﾝｸ\n1810,小米集団\n", "cp932"),
        ("Denumire;ISIN\nMureş SA;ROTLVAACNOR1\n", "cp1250"),
        ("Hisse;Adet\nTüpraş A.Ş.;1\n", "cp1254"),
    ],
)
def test_a_few_words_of_other_scripts_stay_what_they_are(text, encoding):
    assert decode(text.encode(encoding))[0] == text


def test_letters_that_two_tables_share_are_read_alike():
    """ý is Czech and Icelandic under one byte, which is the Turkish ı: nothing else of this file is Turkish."""
    text = "Titul;ISIN\nNový fond;CZ0005112300\n"
    assert decode(text.encode("cp1250"))[0] == text


def test_an_encoding_that_is_told_settles_it():
    assert decode("é".encode("cp1252"), encoding="cp1251")[0] == "й"


def test_the_end_mark_of_old_systems_and_a_cut_last_letter_spoil_nothing():
    assert decode(b"Name,Shares\nA,1\x1a")[0] == "Name,Shares\nA,1"
    assert decode("Name,Währung\nA,é".encode()[:-1])[0].startswith("Name,Währung")
