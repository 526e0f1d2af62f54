module stallproof/kit

go 1.19
